using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>S1 to S3 on a runner: the worker's memory has the secrets of every step, an other step's environment has its own.</summary>
public sealed class MemoryTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private static readonly string s_canary = $"canary-{Guid.NewGuid():N}";

    /// <summary>The programs print what they find; only the first step's text has the secret.</summary>
    private static readonly string s_workflow = $"""
        name: Steal
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Holds
                run: |
                  SECRET={s_canary} setsid sleep 60 < /dev/null > /dev/null 2>&1 &
                  echo $! > "$SIGNS/held"
              - name: Own
                run: |
                  SECRET=mine sleep 60 &
                  until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
                  "$PROGRAMS/memory" environ $! 0 0 1
                  kill $!
              - name: Runner
                id: runner
                run: |
                  "$PROGRAMS/memory" scan "$PPID" canary- || echo "memory says $?"
              - name: Environ
                id: environ
                run: |
                  "$PROGRAMS/memory" environ "$PPID" 0 0 1 || echo "memory says $?"
              - name: Root
                id: root
                run: |
                  sudo "$PROGRAMS/memory" scan "$PPID" canary- || echo "memory says $?"
              - name: Step
                id: step
                run: |
                  "$PROGRAMS/memory" environ "$(cat "$SIGNS/held")" 0 0 1 || echo "memory says $?"
              - name: After
                run: sleep 2; echo goes on
        """;

    private static readonly string[] s_thieves = ["Runner", "Environ", "Root", "Step"];

    [Fact]
    public async Task Without_the_agent_a_step_has_the_secrets_of_the_others()
    {
        WorkflowRun run = await fixture.Machine.RunAsync(s_workflow);
        Assert.All(s_thieves, step => Assert.True(HasSecret(run, step), $"{step}\n{run}"));
    }

    [Fact]
    public async Task An_audit_names_the_step_and_the_process()
    {
        WorkflowRun run = await RunAsync("mode: audit");
        Assert.All(s_thieves, step => Assert.True(HasSecret(run, step), $"{step}\n{run}"));
        AssertFound(run, "reported");
    }

    [Fact]
    public async Task A_block_prevents_the_read_and_the_job_goes_on()
    {
        WorkflowRun run = await RunAsync("mode: block\ndetections: { foreign-memory-read: block }");
        Assert.All(s_thieves, step => Assert.False(HasSecret(run, step), $"{step}\n{run}"));
        AssertFound(run, "blocked");
        Assert.Equal("success", run.ConclusionOf());
        Assert.Contains("goes on", run.TextOf("After"), StringComparison.Ordinal);
    }

    private static void AssertFound(WorkflowRun run, string action)
    {
        JsonElement[] rows = [.. run.Report.Findings];
        foreach ((string step, string id, string of) in new[]
        {
            ("runner", "runner-memory-read", "runner-worker"), ("environ", "runner-memory-read", "runner-worker"), ("root", "runner-memory-read", "runner-worker"),
            ("step", "foreign-memory-read", "step"),
        })
        {
            Assert.Contains(rows, row =>
                JobReport.Text(row, "id") == id && JobReport.Text(row, "action") == action && JobReport.Text(row, "step") == step
                && JobReport.Text(row.GetProperty("evidence"), "of") == of
                && JobReport.Text(run.Report.ProcessOf(JobReport.Text(row, "process")), "exe")!.EndsWith("/memory", StringComparison.Ordinal));
        }

        // The first step leaves one running; the second ends what it began.
        JsonElement left = Assert.Single(rows, row => JobReport.Text(row, "step") is not ("runner" or "environ" or "root" or "step"));
        Assert.Equal("process-left-running", JobReport.Text(left, "id"));
        Assert.EndsWith("/sleep", JobReport.Text(left.GetProperty("evidence"), "program"), StringComparison.Ordinal);
        Assert.Equal("Holds", JobReport.Text(run.Report.Step(JobReport.Text(left, "step")!), "name"));
        Assert.Contains("SECRET=mine", run.TextOf("Own"), StringComparison.Ordinal);
        Assert.True(run.Report.IsComplete, run.ToString());
    }

    /// <summary>The worker's environment has no secret of ours; that it was read shows by what every environment has.</summary>
    private static bool HasSecret(WorkflowRun run, string step) =>
        run.TextOf(step).Contains(step == "Environ" ? "PATH=" : s_canary, StringComparison.Ordinal);

    private async Task<WorkflowRun> RunAsync(string settings)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($"version: 1\n{settings}");
        return await fixture.Machine.RunAsync(s_workflow);
    }
}
