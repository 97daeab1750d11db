using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Inputs of the Action that the job does not get, because it has some already or because the machine's owner does not trust the step with them:
/// never in silence, and a failure where they were to block.
/// </summary>
public sealed class InputsOnceTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Calls = $"id: first\nrun: curl -sS --max-time 30 http://{LabAddresses.Attacker}/first || true";

    private const string Title = "These inputs are not in force";

    private static string Workflow(string first, string second) => $"""
        name: Twice
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Takes
                run: {ActionFolder.TakeWrapped}
              - name: First
                {first.ReplaceLineEndings("\n        ")}
              - name: Second
                continue-on-error: true
                {second.ReplaceLineEndings("\n        ")}
              - name: Calls
                id: calls
                run: curl -sS --max-time 30 http://{LabAddresses.Attacker}/out || true
        """;

    private static string Direct(string inputs) =>
        $"uses: sallyport/sallyport@v1\nwith:\n  deploy-on-self-hosted-vm: true\n  {inputs.ReplaceLineEndings("\n  ")}".TrimEnd();

    private static string Wrapped(string mode, string action = "test/wrapped@v1") => $"uses: {action}\nwith:\n  mode: {mode}\n  endpoints: v4.test:80";

    /// <summary>With the service in the image, in a machine that blocks by its own policy: the first step says no mode.</summary>
    [Fact]
    public async Task Inputs_without_a_mode_leave_the_machines_and_a_second_step_cannot_change_it_in_silence()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        WorkflowRun run = await RunAsync(Workflow(Direct(""), Direct("egress-policy: audit")));
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("calls", LabAddresses.Attacker));
        Assert.All(["Pre First", "First"], step => Assert.Empty(Said(run, step)));
        Assert.Equal("warning", Level(Assert.Single(Said(run, "Second"))));
    }

    /// <summary>On demand: the first one starts protection, and both of its stages ask; the second's inputs come too late.</summary>
    [Fact]
    public async Task A_second_step_that_is_to_block_fails_where_the_first_one_audits()
    {
        await fixture.Machine.ConfigureOnDemandAsync();
        WorkflowRun run = await RunAsync(Workflow(Direct("egress-policy: audit"), Wrapped("block", "./wrapped")), "--user", RunnerMachine.User);
        Assert.True(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal("success", run.Step("First").GetProperty("conclusion").GetString());
        Assert.Equal("failure", run.Step("Second").GetProperty("outcome").GetString());
        Assert.Empty(Said(run, "First"));
        Assert.Equal("error", Level(Assert.Single(Said(run, "Second"))));
    }

    /// <summary>A part of another action, under a service: the step is that action's, and whether it may is the machine owner's to say.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_of_another_action_gets_its_inputs_or_an_error_that_says_why_not(bool isTrusted)
    {
        await using AgentProcess agent = await fixture.Machine.ServeAsync(isTrusted ? "policyActions: [test/wrapped]" : "");
        WorkflowRun run = await RunAsync(Workflow(Calls, Wrapped("block")));
        Assert.True(run.Traffic.Contains("/first ") != isTrusted && run.Traffic.Contains("/out ") != isTrusted, run.ToString());
        Assert.Equal(isTrusted ? "enforcing" : "observing", run.Report.InForce);
        foreach (string stage in (string[])["Pre Second", "Second"])
        {
            Assert.Equal(isTrusted ? "success" : "failure", run.Step(stage).GetProperty("outcome").GetString());
            Assert.Equal(isTrusted ? 0 : 1, run.Step(stage).GetProperty("annotations").EnumerateArray().Count(one => Level(one) == "error"
                && one.GetProperty("message").GetString()!.Contains("and from no other; this is a step of test/wrapped@v1.", StringComparison.Ordinal)));
        }
    }

    /// <summary>The runner has a `pre` for the parts of an action that it has fetched, and none for those of one in the workspace.</summary>
    [Fact]
    public async Task A_part_of_an_action_that_was_fetched_protects_before_the_first_step()
    {
        await fixture.Machine.ConfigureOnDemandAsync();
        WorkflowRun control = await RunAsync(Workflow(Calls, Wrapped("block", "./wrapped")), "--user", RunnerMachine.User);
        Assert.True(control.Traffic.Contains("/first ") && !control.Traffic.Contains("/out "), control.ToString());
        control.Report.AssertBegan(fromStart: false, "Takes", "First");

        WorkflowRun run = await RunAsync(Workflow(Calls, Wrapped("block")), "--user", RunnerMachine.User);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.False(run.Traffic.Contains("/first ") || run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("first", LabAddresses.Attacker));
        run.Report.AssertBegan(fromStart: true);
        Assert.True(run.Report.IsComplete, run.ToString());
        Assert.Empty(Said(run, "Pre Second"));
        Assert.DoesNotContain(run.Step("Second").GetProperty("annotations").EnumerateArray(), one => Level(one) != "notice"); // its main starts nothing
        Assert.Contains("in force before every step, ", run.Step("Post Second").GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    private async Task<WorkflowRun> RunAsync(string workflow, params string[] options) => await fixture.Machine.RunAsync(workflow, options);

    private static IEnumerable<JsonElement> Said(WorkflowRun run, string step) =>
        run.Step(step).GetProperty("annotations").EnumerateArray().Where(one => one.GetProperty("title").GetString() == Title);

    private static string? Level(JsonElement annotation) => annotation.GetProperty("level").GetString();
}
