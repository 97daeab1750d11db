using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Tests.Configuration;

public sealed class ActionInputsTests
{
    private static ActionInputsReading Read(string? policy, bool hasServer, params (string Name, string Value)[] inputs) =>
        ActionInputsReader.Read(
            new JobStartRequest(
                inputs.ToImmutableSortedDictionary(input => input.Name, input => input.Value, StringComparer.Ordinal), policy),
            hasServer);

    private static ActionInputs Accepted(params (string Name, string Value)[] inputs) => AcceptedWith(null, inputs);

    private static ActionInputs AcceptedWith(string? policy, params (string Name, string Value)[] inputs)
    {
        var reading = Read(policy, hasServer: false, inputs);
        Assert.Empty(reading.Mistakes);
        return reading.Inputs!;
    }

    private static ImmutableArray<InputMistake> Mistakes(params (string Name, string Value)[] inputs)
    {
        var reading = Read(null, hasServer: false, inputs);
        Assert.Null(reading.Inputs);
        return reading.Mistakes;
    }

    [Fact]
    public void Nothing_given_is_audit_with_the_runners_hosts_implicit()
    {
        var inputs = Accepted();
        Assert.Equal(PolicyMode.Audit, inputs.Mode);
        Assert.Equal("none", inputs.Shown.From);
        Assert.StartsWith("audit: neither", inputs.Shown.Reason, StringComparison.Ordinal);
        Assert.Contains("github.com:443", inputs.Shown.Implicit);
        Assert.Equal(inputs.Shown.Implicit.Length, inputs.Shown.Rules);
        Assert.All(inputs.Policy.Allow, rule => Assert.Equal("@github-actions (implicit)", rule.Origin.ToString()));
        Assert.Equal(
            (ActionPrivileges.Kept, true, true, FailOn.Never), (inputs.Privileges, inputs.FileMonitoring, inputs.Telemetry, inputs.FailOn));
    }

    [Theory]
    [InlineData("egress-policy", "block", true)]
    [InlineData("egress-policy", " audit\n", false)]
    [InlineData("allowed-endpoints", "github.com:443", true)]
    [InlineData("allowed-endpoints", " \n", false)]
    public void The_mode_follows_from_what_is_given(string name, string value, bool block) =>
        Assert.Equal(block ? PolicyMode.Block : PolicyMode.Audit, Accepted((name, value)).Mode);

    [Fact]
    public void What_egress_policy_says_holds_against_a_list_and_a_policy_file()
    {
        var inputs = AcceptedWith(
            "version: 1\nmode: block\n", ("egress-policy", "audit"), ("allowed-endpoints", "a.example"), ("policy-file", "p.yml"));
        Assert.Equal(PolicyMode.Audit, inputs.Mode);
        Assert.Equal("audit: egress-policy says so", inputs.Shown.Reason);
        Assert.Equal("allowed-endpoints, policy-file", inputs.Shown.From);
    }

    [Theory]
    [InlineData("version: 1\n", true, "block: policy-file is given, and egress-policy is not")]
    [InlineData("version: 1\nmode: block\n", true, "block: the policy file says so, and egress-policy nothing")]
    [InlineData("version: 1\nmode: audit\n", false, "audit: the policy file says so, and egress-policy nothing")]
    public void A_mode_in_the_policy_file_holds_and_without_one_a_file_means_block(string policy, bool block, string reason)
    {
        var inputs = AcceptedWith(policy, ("policy-file", "p.yml"));
        Assert.Equal(block ? PolicyMode.Block : PolicyMode.Audit, inputs.Mode);
        Assert.Equal(reason, inputs.Shown.Reason);
    }

    [Fact]
    public void Block_with_nothing_to_allow_is_accepted_with_a_warning()
    {
        var inputs = Accepted(("egress-policy", "block"));
        Assert.Contains(inputs.Notices, notice => notice is { Level: "warning", Title: "Nothing is allowed" });
        Assert.Empty(Accepted(("egress-policy", "block"), ("allowed-endpoints", "a.example")).Notices);
    }

    [Theory]
    [InlineData("new", true)]
    [InlineData("refused,new", true)]
    [InlineData("refused,finding", false)]
    public void What_cannot_be_compared_is_warned_of(string failOn, bool isWarned) => Assert.Equal(
        isWarned,
        Accepted(("fail-on", failOn)).Notices.Any(notice => notice is { Level: "warning", Title: "fail-on: new compares nothing here" }));

    [Fact]
    public void Names_wildcards_addresses_blocks_ports_lines_and_commas_all_parse()
    {
        var inputs = Accepted(("implicit", "false"), ("allowed-endpoints",
            "github.com:443 goreleaser.com\n*.docker.io:443,archive.ubuntu.com:80\r\n  198.51.100.7:8080\n10.0.0.0/8\n[2001:db8::1]:443\n@npm"));
        Assert.Empty(inputs.Shown.Implicit);
        var rules = inputs.Policy.Allow.Where(rule => rule.Origin.Group is null).Select(rule => rule.Endpoint.Text).ToList();
        Assert.Equal(7, rules.Count);
        Assert.All(inputs.Policy.Allow, rule => Assert.Equal("allowed-endpoints", rule.Origin.Source));
        Assert.Contains(inputs.Policy.Allow, rule => rule.Origin is { Line: 2, Group: null } && rule.Endpoint.Text.StartsWith("*.docker.io", StringComparison.Ordinal));
        Assert.NotNull(PolicyCompiler.Compile(inputs.Policy, new CompileContext()));
    }

    [Fact]
    public void Without_implicit_hosts_those_of_the_runtime_are_not_allowed_either() => Assert.Equal(
        ["a.example:443"],
        Accepted(("implicit", "false"), ("allowed-endpoints", "a.example")).Policy.Allow.Select(rule => rule.Endpoint.Text));

    [Fact]
    public void All_mistakes_come_at_once_with_input_line_column_value_and_what_is_accepted()
    {
        var mistakes = Mistakes(
            ("allowed-endpoints", "github.com:443\n  a.example:0 foo*.example\n@nmp"), ("egress-policy", "Block"), ("disable-sudo", "yes"),
            ("fail-on", "always"), ("server-url", "http://server.example"), ("alowed-endpoints", "x"));
        Assert.Equal(
            [
                ("allowed-endpoints", 2, 3, "a.example:0"), ("allowed-endpoints", 2, 15, "foo*.example"), ("allowed-endpoints", 3, 1, "@nmp"),
                ("alowed-endpoints", 0, 0, "alowed-endpoints"), ("disable-sudo", 0, 0, "yes"), ("egress-policy", 0, 0, "Block"),
                ("fail-on", 0, 0, "always"), ("server-url", 0, 0, "http://server.example"),
            ],
            mistakes.Select(mistake => (mistake.Input, mistake.Line, mistake.Column, mistake.Value)));
        Assert.All(mistakes, mistake => Assert.True(mistake.Accepted.Length > 0 && mistake.Message.Length > 0));
        Assert.Contains("allowed-endpoints", mistakes[3].Accepted, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_of_a_policy_file_have_its_lines()
    {
        var mistakes = Read("version: 1\nallow:\n  - a.example:0\n", false, ("policy-file", "p.yml"), ("egress-policy", "no")).Mistakes;
        Assert.Equal([("egress-policy", 0), ("policy-file", 3)], mistakes.Select(mistake => (mistake.Input, mistake.Line)));
    }

    [Fact]
    public void A_policy_file_without_content_is_a_mistake() =>
        Assert.Equal("policy-file", Assert.Single(Mistakes(("policy-file", "p.yml"))).Input);

    [Theory]
    [InlineData("--allow")]
    [InlineData("implicit")]
    public void A_policy_file_is_not_taken_for_another_source_by_its_name(string name)
    {
        var inputs = AcceptedWith("version: 1\nallow: [b.example]\n", ("policy-file", name), ("allowed-endpoints", "a.example"));
        Assert.Contains(inputs.Policy.Allow, rule => rule.Origin.ToString() == $"./{name}:2" && rule.Endpoint.Name == "b.example");
        Assert.Equal("policy-file", Read("version: 2\n", false, ("policy-file", name)).Mistakes.Single().Input);
    }

    [Fact]
    public void Sudo_is_bounded_where_that_is_asked_for_and_what_takes_more_wins()
    {
        Assert.Equal(ActionPrivileges.BoundedSudo, Accepted(("sudo", " bounded ")).Privileges);
        Assert.Equal(ActionPrivileges.Kept, Accepted(("sudo", "kept")).Privileges);
        Assert.Equal(ActionPrivileges.WithoutSudo, Accepted(("sudo", "bounded"), ("disable-sudo", "true")).Privileges);
        Assert.Equal("sudo", Read(null, false, ("sudo", "none")).Mistakes.Single().Input);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData(" False ", false)]
    [InlineData("", false)]
    public void Truth_is_written_as_in_YAML(string value, bool expected) => Assert.Equal(
        expected ? ActionPrivileges.WithoutSudo : ActionPrivileges.Kept, Accepted(("disable-sudo", value)).Privileges);

    [Theory]
    [InlineData("1")]
    [InlineData("yes")]
    [InlineData("on")]
    [InlineData("tRue")]
    [InlineData("true; id")]
    [InlineData("true\nfalse")]
    public void Other_words_for_truth_are_mistakes(string value)
    {
        foreach (var name in (string[])["disable-sudo", "disable-sudo-and-containers", "disable-file-monitoring", "disable-telemetry",
            "implicit", "deploy-on-self-hosted-vm"])
        {
            Assert.Equal(name, Assert.Single(Mistakes((name, value))).Input);
        }
    }

    [Fact]
    public void What_is_disabled_is_off()
    {
        var inputs = Accepted(
            ("disable-sudo", "true"), ("disable-sudo-and-containers", "true"), ("disable-file-monitoring", "true"),
            ("disable-telemetry", "true"), ("deploy-on-self-hosted-vm", "true"), ("fail-on", "refused, finding"),
            ("server-url", "https://sallyport.example:8710/x"), ("api-key", "k"));
        Assert.Equal(ActionPrivileges.WithoutSudoAndContainers, inputs.Privileges);
        Assert.Equal((false, false, true), (inputs.FileMonitoring, inputs.Telemetry, inputs.DeployOnSelfHosted));
        Assert.Equal(FailOn.Refused | FailOn.Finding, inputs.FailOn);
        Assert.Equal(("https://sallyport.example:8710/x", "k"), (inputs.ServerUrl!.ToString(), inputs.ApiKey));
        Assert.Empty(inputs.Notices);
    }

    [Theory]
    [InlineData("ftp://server.example")]
    [InlineData("server.example")]
    [InlineData("https://user:password@server.example")]
    [InlineData("https://server.example/?q")]
    [InlineData("file:///etc/passwd")]
    public void What_is_not_the_address_of_a_server_is_a_mistake(string url) =>
        Assert.Equal("server-url", Assert.Single(Mistakes(("server-url", url))).Input);

    /// <summary>GitHub's tokens have about two kilobytes: three parts of base64url with dots between.</summary>
    [Fact]
    public void A_token_of_the_job_is_a_key()
    {
        var token = string.Join('.', Enumerable.Repeat(new string('a', 800) + "-_9", 3));
        Assert.Equal(token, Accepted(("server-url", "https://s.example"), ("api-key", token)).ApiKey);
    }

    [Fact]
    public void A_key_that_is_none_is_not_shown() =>
        Assert.Equal(("api-key", ""), Mistakes(("api-key", "secret\r\nheader: x")).Select(mistake => (mistake.Input, mistake.Value)).Single());

    [Theory]
    [InlineData("policy", "strict")]
    [InlineData("use-policy-store", "true")]
    public void A_stored_policy_needs_a_server_and_means_block(string name, string value)
    {
        Assert.Equal(name, Assert.Single(Mistakes((name, value))).Input);
        Assert.Equal(PolicyMode.Block, Accepted((name, value), ("server-url", "https://s.example")).Mode);
        Assert.Equal(PolicyMode.Block, Read(null, hasServer: true, (name, value)).Inputs!.Mode);
    }

    [Fact]
    public void More_rules_than_the_kernel_holds_are_a_mistake()
    {
        var list = string.Join('\n', Enumerable.Range(0, PolicyDocument.MaxRules).Select(i => $"h{i}.example"));
        Assert.Contains(Mistakes(("allowed-endpoints", list)), mistake => mistake.Input == "allowed-endpoints");
    }

    [Fact]
    public void A_long_value_is_cut_in_the_middle()
    {
        var mistake = Assert.Single(Mistakes(("egress-policy", new string('a', 50_000))));
        Assert.InRange(mistake.Value.Length, 100, 210);
    }

    [Fact]
    public void The_refusal_holds_all_mistakes_and_fits_into_a_message()
    {
        var list = string.Join('\n', Enumerable.Range(0, 500).Select(i => $"{new string('\u202e', 100)}{i}:0"));
        var reading = Read(null, false, ("allowed-endpoints", list));
        Assert.Equal(201, reading.Mistakes.Length);
        Assert.True(ControlReply.TryRead(reading.ToRefusal().Write(), out var read, out _));
        Assert.Equal(ControlErrorCode.PolicyInvalid, Assert.IsType<ControlErrorReply>(read).Code);
    }

    [Fact]
    public void Hostile_text_makes_mistakes_and_no_exception()
    {
        foreach (var text in (string[])["$(id)", "`id`", "\0", "\ud800", "\u202e", "::error::x", "##[x]", "'\"", new string('a', 60_000)])
        {
            Assert.NotEmpty(Mistakes(("allowed-endpoints", text)));
            _ = Read(text, false, (text, text), ("policy", text), ("policy-file", text), ("server-url", text));
            _ = Encoding.UTF8.GetBytes(text);
        }
    }
}
