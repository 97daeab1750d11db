using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>run: steps: every call in the report of the step that made it, and refused or let through as the policy says.</summary>
public sealed class RunStepTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Workflow = $"""
        name: Steps
        on: push
        jobs:
          build:
            name: Build it
            runs-on: self-hosted
            steps:
              - name: First
                run: curl -sS --max-time 30 http://v4.test/first-allowed
              - name: By address
                id: by-address
                run: curl -sS --max-time 30 http://{LabAddresses.Attacker}/by-address || echo "curl says $?"
              - name: By name
                run: |
                  curl -sS --max-time 30 http://attacker.test/by-name || echo "curl says $?"
                shell: bash
              - name: Leaves one behind
                id: leaves
                run: |
                  setsid env -i /bin/sh -c 'sleep 1; /usr/bin/curl -s --max-time 30 http://{LabAddresses.Attacker}/left; touch '"$SIGNS"'/left; exec sleep 60' \
                    < /dev/null > /dev/null 2>&1 &
              - name: Meanwhile
                run: |
                  until [ -e "$SIGNS/left" ]; do sleep 0.05; done
                  curl -sS --max-time 30 http://two.test/meanwhile-allowed
              - name: Not wanted
                if: false
                run: exit 1
              - name: Fails but goes on
                continue-on-error: true
                run: exit 3
              - name: Fails
                run: exit 4
        """;

    private const string Policy = "version: 1\nmode: MODE\nallow: [v4.test:80, two.test:80]";

    private static readonly string[] s_allowed = ["first-allowed", "meanwhile-allowed"];
    private static readonly string[] s_others = ["by-address", "by-name", "left"];

    [Fact]
    public async Task Without_the_agent_everything_is_reached()
    {
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.Empty(run.Reports);
        Assert.All([.. s_allowed, .. s_others], call => Assert.True(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        Assert.Equal("failure", run.ConclusionOf());
    }

    [Fact]
    public async Task A_block_refuses_in_the_step_that_called()
    {
        WorkflowRun run = await RunAsync("block");
        Assert.All(s_allowed, call => Assert.True(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        Assert.All(s_others, call => Assert.False(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        AssertSteps(run, "refused");
        Assert.Equal(["refused"], VerdictsOfName(run, "attacker.test"));
        Assert.Equal("enforcing", run.Report.InForce);
    }

    [Fact]
    public async Task An_audit_reports_in_the_step_that_called_and_refuses_nothing()
    {
        WorkflowRun run = await RunAsync("audit");
        Assert.All([.. s_allowed, .. s_others], call => Assert.True(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        AssertSteps(run, "observed");
        Assert.Equal(["observed"], VerdictsOfName(run, "attacker.test"));
        Assert.Contains(run.Report.Connections, row =>
            JobReport.Text(row, "destination") == "attacker.test" && JobReport.Text(row, "step") == "__run_2"
            && JobReport.Text(row, "verdict") == "observed" && row.GetProperty("wouldRefuse").GetBoolean());
        Assert.All(
            run.Report.Connections.Where(row => JobReport.Text(row, "address") == LabAddresses.Attacker),
            row => Assert.True(row.GetProperty("wouldRefuse").GetBoolean(), run.ToString()));
    }

    private static string[] VerdictsOfName(WorkflowRun run, string name) =>
    [
        .. run.Report.Names.Where(row => JobReport.Text(row, "name") == name && JobReport.Text(row, "step") == "__run_2")
            .Select(row => JobReport.Text(row, "verdict")!).Distinct(),
    ];

    /// <summary>The world's addresses are called from these steps and from no others.</summary>
    private static void AssertSteps(WorkflowRun run, string verdict)
    {
        JobReport report = run.Report;
        Assert.True(report.IsComplete, run.ToString());
        Assert.True(report.Verdicts("__run", LabAddresses.Allowed) is ["allowed"], run.ToString());
        Assert.True(report.Verdicts("by-address", LabAddresses.Attacker) is [var call] && call == verdict, run.ToString());
        Assert.True(report.Verdicts("leaves", LabAddresses.Attacker) is [var left] && left == verdict, run.ToString());
        Assert.True(report.Connections.All(row => JobReport.Text(row, "step") is not null), run.ToString());
        JsonElement caller = report.ProcessOf(report.Connections.Where(row => JobReport.Text(row, "step") == "leaves")
            .Select(row => JobReport.Text(row, "process")).First());
        Assert.Contains(
            JobReport.Text(caller, "parent"),
            report.Step("leaves").GetProperty("leftRunning").EnumerateArray().Select(process => process.GetString()));
        Assert.All(
            report.Steps.Where(step => JobReport.Text(step, "id") != "leaves"),
            step => Assert.Empty(step.GetProperty("leftRunning").EnumerateArray()));

        Assert.Equal(
            [
                "1 Set up job success", "2 First success", "3 By address success", "4 By name success",
                "5 Leaves one behind success", "6 Meanwhile success", "7 Not wanted skipped", "8 Fails but goes on success",
                "9 Fails failure", "10 Complete job success",
            ],
            report.Steps.OrderBy(step => step.GetProperty("number").GetInt32()).Select(step =>
                $"{step.GetProperty("number")} {JobReport.Text(step, "name")} {JobReport.Text(step, "conclusion")}"));
        Assert.Equal(
            ["Fails but goes on"],
            report.Steps.Where(step => step.GetProperty("failureIgnored").GetBoolean()).Select(step => JobReport.Text(step, "name")));
        Assert.All(
            report.Steps.Where(step => JobReport.Text(step, "kind") == "run" && JobReport.Text(step, "conclusion") != "skipped"),
            step => Assert.True(step.GetProperty("confirmed").GetBoolean(), run.ToString()));
        JsonElement github = report.Document.GetProperty("job").GetProperty("github");
        Assert.Equal("Steps", JobReport.Text(github, "workflow"));
        Assert.Equal("build", JobReport.Text(github, "job"));
        Assert.Equal("Build it", JobReport.Text(github, "jobName"));
        Assert.Equal("failure", JobReport.Text(github, "result"));
    }

    private async Task<WorkflowRun> RunAsync(string mode)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(
            Policy.Replace("MODE", mode, StringComparison.Ordinal));
        return await fixture.Machine.RunAsync(Workflow);
    }
}
