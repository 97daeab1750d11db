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

    /// <summary>The machine's policy is block, and allows one host.</summary>
    [Theory]
    [InlineData("", null, "block: agent.yml says so, and the step nothing")]
    [InlineData("disable-sudo=true", null, "block: agent.yml says so, and the step nothing")]
    [InlineData("egress-policy=audit", null, "audit: egress-policy says so")]
    [InlineData("allowed-endpoints=registry.npmjs.org:443", null, "block: allowed-endpoints is given, and egress-policy is not")]
    [InlineData("use-policy-store=true", "", "block: agent.yml says so, and the step nothing")]
    [InlineData("use-policy-store=true", Stored, "audit: by the policy store and egress-policy")]
    public void A_mode_that_no_step_says_is_the_machines(string input, string? stored, string reason)
    {
        using var folder = new TestFolder();
        var file = folder.File("policy.yml", "version: 1\nmode: block\nallow: [machine.example]\n");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a policy of the machine is root's");
        (string, string)[] inputs = input.Split('=') is [var name, var value]
            ? [(name, value), .. stored is null ? ((string, string)[])[] : [("server-url", "https://s.example")]] : [];
        var asked = stored is null ? Read(inputs) : Applied(stored.Length == 0 ? new PolicyAnswer(null, []) : Answer(stored), inputs);
        var policy = RunnerPolicy.OfWorkflow(new MachineSettings { Policy = file }, asked);
        Assert.Equal(reason, policy.Shown.Reason);
        Assert.Equal(reason.Split(':')[0], PolicyModeWord.Of(policy.Document.EffectiveMode));
        Assert.Contains(policy.Document.Allow, rule => rule.Endpoint.Text == "machine.example:443");
        Assert.Equal(reason.Contains("agent.yml", StringComparison.Ordinal), policy.Shown.From.Contains(file, StringComparison.Ordinal));
    }

    [Fact]
    public void A_floor_of_the_store_holds_and_what_it_drops_is_said()
    {
        var inputs = Applied(
            Answer(Stored), ("policy", "base"), ("server-url", "https://s.example"),
            ("implicit", "false"), ("allowed-endpoints", "registry.npmjs.org:443"));
        var policy = RunnerPolicy.OfWorkflow(new MachineSettings(), inputs, floors: JobFloors.Of(Floors("version: 1\nmode: block\nallow: [github.com:443]\n")));
        Assert.Equal(PolicyMode.Block, policy.Document.EffectiveMode);
        Assert.Equal("github.com:443", Assert.Single(policy.Document.Allow).Endpoint.Text);
        Assert.Equal(("policy store: base version 3, floor above version 1", "block: floor above version 1 says so (policy store)"), (policy.Shown.From, policy.Shown.Reason));
        var said = Assert.Single(policy.Outside);
        Assert.Equal(("Outside floor above version 1", "not allowed there: registry.npmjs.org:443"), (said.Title, said.Message));
    }

    [Theory]
    [InlineData("mode: block\nallow: []", PolicyMode.Block, 0)]
    [InlineData("mode: block", PolicyMode.Block, 2)]
    [InlineData("deny: [evil.example]", PolicyMode.Audit, 2)]
    public void A_floor_that_allows_nothing_and_one_that_says_nothing_of_it_are_different(string floor, PolicyMode mode, int allowed)
    {
        var policy = RunnerPolicy.OfWorkflow(
            new MachineSettings(),
            Applied(Answer("version: 1\nmode: audit\nallow: [github.com:443, a.example]\n"), ("policy", "base"), ("server-url", "https://s.example"), ("implicit", "false")),
            floors: JobFloors.Of(Floors($"version: 1\n{floor}\n")));
        Assert.Equal((mode, allowed), (policy.Document.EffectiveMode, policy.Document.Allow.Length));
    }

    [Fact]
    public void A_stored_policy_that_allows_nothing_allows_nothing()
    {
        var inputs = Applied(Answer("version: 1\nmode: block\nallow: []\n"), ("policy", "base"), ("server-url", "https://s.example"), ("implicit", "false"));
        Assert.Equal((PolicyMode.Block, 0), (inputs.Mode, inputs.Policy.Allow.Length));
        Assert.DoesNotContain(inputs.Notices, notice => notice.Title == "No policy is attached to this job");
    }

    [Fact]
    public void A_floor_that_cannot_be_read_here_is_left_out_and_said()
    {
        var floors = JobFloors.Of([.. Floors("version: 1\nmode: block\n"), new StoredPolicy("new", 9, "version: 1\nlater: true\n")]);
        Assert.Equal("floor above version 1", floors.Names);
        Assert.StartsWith("A floor of the policy store cannot be read: floor new version 9: ", floors.Degraded, StringComparison.Ordinal);
        Assert.Equal("A floor of the policy store cannot be read", Assert.Single(floors.Notices).Title);
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

    private static PolicyAnswer Answer(string text) => new(new StoredPolicy("base", 3, text), []);

    private static ImmutableArray<StoredPolicy> Floors(string text) => [new StoredPolicy("above", 1, text)];

    private static ActionInputs Applied(PolicyAnswer answer, params IEnumerable<(string Name, string Value)> inputs) =>
        StoredPolicies.Apply(Read(inputs), answer);

    private static ActionInputs Read(IEnumerable<(string Name, string Value)> inputs)
    {
        var reading = ActionInputsReader.Read(
            new JobStartRequest(inputs.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), null), hasServer: false);
        Assert.Empty(reading.Mistakes);
        return reading.Inputs!;
    }
}
