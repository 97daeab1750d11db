using System.Collections.Immutable;
using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class FloorTests
{
    [Theory]
    [InlineData("mode: block", "mode: audit", PolicyMode.Block)]
    [InlineData("mode: audit", "mode: block", PolicyMode.Block)]
    [InlineData("mode: audit", "mode: audit", PolicyMode.Audit)]
    [InlineData("deny: [x.example]", "", PolicyMode.Audit)]
    public void Block_stays_block(string floor, string below, PolicyMode expected) =>
        Assert.Equal(expected, Apply(floor, below, out _).EffectiveMode);

    [Fact]
    public void A_step_cannot_leave_block_mode_either()
    {
        PolicyDocument document = Apply(
            "mode: block", "mode: block\nsteps: [{ match: { id: a }, mode: audit }, { match: { id: b }, allow: [] }]", out _);
        Assert.Equal([PolicyMode.Block, PolicyMode.Block], document.Steps.Select(step => step.Mode));
    }

    [Fact]
    public void Of_a_list_only_what_the_floor_covers_is_left_and_the_rest_is_named()
    {
        PolicyDocument document = Apply(
            "allow: ['*.docker.io:443', github.com:443, 10.0.0.0/8:443-445]",
            "allow: [registry-1.docker.io:443, github.com:443, evil.example:443, 10.1.0.0/16:444, registry-1.docker.io:80]",
            out ImmutableArray<PolicyRule> dropped);
        Assert.Equal(
            ["registry-1.docker.io:443", "github.com:443", "10.1.0.0/16:444"], Texts(document.Allow));
        Assert.Equal(["evil.example:443", "registry-1.docker.io:80"], Texts(dropped));
    }

    [Fact]
    public void Of_a_wider_rule_what_the_floor_has_of_it_is_left()
    {
        PolicyDocument document = Apply(
            "allow: [a.docker.io:443, b.docker.io:443, c.example:443]", "allow: ['*.docker.io:443']", out ImmutableArray<PolicyRule> dropped);
        Assert.Equal(["a.docker.io:443", "b.docker.io:443"], Texts(document.Allow));
        Assert.Equal(["*.docker.io:443"], Texts(dropped));
    }

    [Fact]
    public void A_floor_without_a_list_bounds_no_list()
    {
        PolicyDocument document = Apply("mode: block\ndeny: [evil.example]", "allow: [a.example]\ndeny: [b.example]", out ImmutableArray<PolicyRule> dropped);
        Assert.Equal(["a.example:443"], Texts(document.Allow));
        Assert.Equal(["b.example", "evil.example"], Texts(document.Deny));
        Assert.Empty(dropped);
    }

    [Theory]
    [InlineData("", new[] { "a.example:443" })]
    [InlineData("deny: [b.example]", new[] { "a.example:443" })]
    [InlineData("mode: block", new string[0])]
    [InlineData("mode: audit\nallow: []", new string[0])]
    public void What_allows_everything_is_left_the_floors_list(string below, string[] expected)
    {
        PolicyDocument document = Apply("mode: block\nallow: [a.example]", below, out ImmutableArray<PolicyRule> dropped);
        Assert.Equal((PolicyMode.Block, 0), (document.EffectiveMode, dropped.Length));
        Assert.Equal(expected, Texts(document.Allow));
        // And a narrower floor bounds that again.
        Assert.Empty(new PolicyFloor(Read("allow: []")).Apply(document, out _).Allow);
    }

    [Fact]
    public void A_floor_whose_list_is_empty_allows_nothing()
    {
        PolicyDocument document = Apply(
            "allow: []", "allow: [a.example]\nsteps: [{ match: { id: a }, allow: [b.example] }]", out ImmutableArray<PolicyRule> dropped);
        Assert.Empty(document.Allow);
        Assert.Empty(document.Steps.Single().Allow!.Value);
        Assert.Equal(["a.example:443", "b.example:443"], Texts(dropped));
    }

    [Theory]
    [InlineData("allow: [a.example]\nsockets: [/run/a]", new[] { "/run/a" })]
    [InlineData("sockets: [/run/a]", new[] { "/run/a", "/run/b" })]
    public void Sockets_are_bounded_as_the_list_is(string floor, string[] expected) =>
        Assert.Equal(expected, Apply(floor, "sockets: [/run/a, /run/b]", out _).Sockets);

    [Fact]
    public void Steps_and_processes_are_bounded_as_the_top_level_is()
    {
        PolicyDocument document = Apply(
            "allow: [a.example]",
            "steps: [{ match: { id: x }, allow: [a.example, b.example] }]\nprocesses: [{ match: { exe: /usr/bin/git }, allow: [b.example] }]",
            out ImmutableArray<PolicyRule> dropped);
        Assert.Equal(["a.example:443"], Texts(document.Steps[0].Allow!.Value));
        Assert.Empty(document.Processes[0].Allow!.Value);
        Assert.Equal(2, dropped.Length);
    }

    [Fact]
    public void The_stricter_action_of_a_detector_counts_and_questions_are_not_opened()
    {
        PolicyDocument document = Apply(
            "allow: [a.example]\ndetections: { runner-memory-read: fail, other-one: report }",
            "detections: { runner-memory-read: off, other-one: block }\ndns: { questions: [TXT] }",
            out _);
        Assert.Equal(DetectionAction.Fail, document.Detections["runner-memory-read"]);
        Assert.Equal(DetectionAction.Block, document.Detections["other-one"]);
        Assert.Empty(document.Questions);
    }

    [Fact]
    public void Where_the_floor_names_the_steps_that_publish_nobody_adds_to_them()
    {
        PolicyDocument document = Apply(
            "allow: [a.example]\nexpect: { publish: [{ id: release }] }",
            "expect: { publish: [{ id: test }], id-token: [{ name: Deploy }] }",
            out _);
        Assert.Equal(
            [new StepExpectation(StepRight.IdToken, new PolicyMatch(null, "Deploy", null, null)),
                new StepExpectation(StepRight.Publish, new PolicyMatch("release", null, null, null))],
            document.Expected);
    }

    [Fact]
    public void A_rule_that_was_in_force_keeps_its_number_in_the_next_policy()
    {
        CompiledPolicy before = PolicyCompiler.Compile(Read("allow: [a.example, b.example]"), new CompileContext());
        CompiledPolicy after = PolicyCompiler.Compile(
            Read("allow: [c.example, b.example]"), new CompileContext { Previous = before });
        Assert.Equal(["a.example:443", "b.example:443", "c.example:443"], after.Rules.Select(rule => rule.Text));
        Assert.Equal(RuleSet.Of(1, 2), after.Policies[0].Allow);
        Assert.Contains(after.Names, name => name.Name == "a.example");
    }

    [Fact]
    public void The_runner_is_a_principal_of_its_own()
    {
        CompiledPolicy policy = PolicyCompiler.Compile(
            Read("allow: [a.example]"), new CompileContext { Runner = Read("allow: [github.com]").Allow });
        Assert.NotEqual(0, policy.RunnerIndex);
        Assert.Equal(RuleSet.Of(1), policy.Policies[policy.RunnerIndex].Allow);
        Assert.Equal(RuleSet.Of(0), policy.Policies[0].Allow);
    }

    private static PolicyDocument Apply(string floor, string below, out ImmutableArray<PolicyRule> dropped)
    {
        return new PolicyFloor(Read(floor)).Apply(Read(below), out dropped);
    }

    private static PolicyDocument Read(string yaml)
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes($"version: 1\n{yaml}\n")));
        return reading.Document ?? throw new ArgumentException(string.Join('\n', reading.Mistakes), nameof(yaml));
    }

    private static string[] Texts(ImmutableArray<PolicyRule> rules) => [.. rules.Select(rule => rule.Endpoint.Text)];
}
