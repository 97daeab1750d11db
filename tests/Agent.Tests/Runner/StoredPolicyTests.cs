using System.Collections.Immutable;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Runner;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Tests.Runner;

public sealed class StoredPolicyTests
{
    private const string Stored = "version: 1\nmode: audit\nallow: [github.com:443]\ndeny: [evil.example]\n";

    [Fact]
    public void What_the_step_lists_adds_to_the_stored_policy_and_its_mode_wins()
    {
        var inputs = Applied(
            Answer(Stored), ("use-policy-store", "true"), ("server-url", "https://s.example"), ("egress-policy", "block"), ("implicit", "false"),
            ("allowed-endpoints", "registry.npmjs.org:443"));
        Assert.Equal(PolicyMode.Block, inputs.Mode);
        Assert.Equal(["github.com:443", "registry.npmjs.org:443"], inputs.Policy.Allow.Select(rule => rule.Endpoint.Text));
        Assert.Equal("evil.example", Assert.Single(inputs.Policy.Deny).Endpoint.Text);
        Assert.Equal("policy store: base version 3", inputs.Shown.From);
    }

    [Theory]
    [InlineData(null, "audit")]
    [InlineData("block", "block")]
    public void Without_an_attached_policy_the_job_is_watched_unless_the_step_says_block(string? said, string mode)
    {
        var inputs = Applied(
            new PolicyAnswer(null, []), [("use-policy-store", "true"), ("server-url", "https://s.example"), .. said is null
                ? (IEnumerable<(string, string)>)[] : [("egress-policy", said)]]);
        Assert.Equal(mode, inputs.Mode == PolicyMode.Block ? "block" : "audit");
        Assert.Contains(inputs.Notices, notice => notice.Title == "No policy is attached to this job");
    }

    [Fact]
    public void A_floor_of_the_store_holds_and_what_it_drops_is_said()
    {
        var inputs = Applied(
            Answer(Stored, "version: 1\nmode: block\nallow: [github.com:443]\n"), ("policy", "base"), ("server-url", "https://s.example"),
            ("implicit", "false"), ("allowed-endpoints", "registry.npmjs.org:443"));
        Assert.Equal(PolicyMode.Block, inputs.Mode);
        Assert.Equal("github.com:443", Assert.Single(inputs.Policy.Allow).Endpoint.Text);
        Assert.Contains(inputs.Notices, notice => notice.Message.Contains("registry.npmjs.org:443", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://sallyport.example.com", true)]
    [InlineData("https://sallyport.example.com:8443", false)]
    [InlineData("https://elsewhere.example", false)]
    [InlineData("http://127.0.0.1:8710", true)]
    public void A_server_that_a_workflow_names_is_within_the_floor(string server, bool isAllowed)
    {
        using var folder = new TestFolder();
        var floor = folder.File("floor.yml", "version: 1\nmode: block\nallow: [sallyport.example.com:443]\n");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a floor is root's");
        Assert.Equal(isAllowed, ServerWithinFloor.Allows(new MachineSettings { Floor = floor }, new Uri(server)));
        Assert.True(ServerWithinFloor.Allows(new MachineSettings(), new Uri(server)));
    }

    private static PolicyAnswer Answer(string text, string? floor = null) =>
        new(new StoredPolicy("base", 3, text), floor is null ? [] : [new StoredPolicy("floor", 1, floor)]);

    private static ActionInputs Applied(PolicyAnswer answer, params IEnumerable<(string Name, string Value)> inputs)
    {
        var reading = ActionInputsReader.Read(
            new JobStartRequest(inputs.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), null), hasServer: false);
        Assert.Empty(reading.Mistakes);
        return StoredPolicies.Apply(reading.Inputs!, answer);
    }
}
