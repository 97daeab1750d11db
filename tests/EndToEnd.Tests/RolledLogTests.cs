using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The Action in the middle of a job whose worker has gone on in another log before: its job message, which names the steps, stands in a file
/// that nobody has open any more.
/// </summary>
public sealed class RolledLogTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Call = $"curl -sS --max-time 30 http://{LabAddresses.Wanted}";

    private const string Policy = $$"""
        version: 1
        allow: [v4.test:80]
        steps:
          - match: { id: publish }
            allow: ["{{LabAddresses.Wanted}}:80"]
        """;

    /// <summary>A step's name is a line of the log, and an output may be as long as it likes: four of them are more than a megabyte.</summary>
    private static string Workflow(string before) => $$$"""
        name: Rolled
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - id: long
                run: printf 'text=%s\n' "$(head -c 300000 /dev/zero | tr '\0' x)" >> "$GITHUB_OUTPUT"
              - name: "${{ steps.long.outputs.text }}"
                run: "true"
              - name: "${{ steps.long.outputs.text }}"
                run: "true"
              - name: "${{ steps.long.outputs.text }}"
                run: "true"
              - name: "${{ steps.long.outputs.text }}"
                run: "true"
              - name: Before
                run: |
                  {{{ActionFolder.TakeWrapped}}}
                  ls "$SIGNS/root/_diag/" > "$SIGNS/logs"
                  {{{before}}}
              - name: Protect
                uses: ./wrapped
                with:
                  mode: block
                  endpoints: v4.test:80
              - id: publish
                run: {{{Call}}}/published || echo "curl says $?"
              - id: after
                run: {{{Call}}}/after || echo "curl says $?"
        """;

    [Fact]
    public async Task Steps_are_known_from_the_log_that_was_full_before_protection()
    {
        WorkflowRun run = await RunAsync("true");
        Assert.True(run.Traffic.Contains("/published ") && !run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal(["allowed"], run.Report.Verdicts("publish", LabAddresses.Wanted));
        Assert.Equal(["refused"], run.Report.Verdicts("after", LabAddresses.Wanted));
        Assert.True(run.Report.Step("publish").GetProperty("confirmed").GetBoolean(), run.ToString());
        Assert.False(run.Report.Document.GetProperty("losses").TryGetProperty("worker-log", out _), run.ToString());
    }

    /// <summary>Where that log is gone no step has a policy of its own, and the report says that it lacks something.</summary>
    [Fact]
    public async Task A_log_that_is_gone_is_a_loss_and_opens_nothing()
    {
        WorkflowRun run = await RunAsync("rm \"$SIGNS/root/_diag/$(ls \"$SIGNS/root/_diag\" | grep Worker_ | head -n 1)\"");
        Assert.False(run.Traffic.Contains("/published ") || run.Traffic.Contains("/after "), run.ToString());
        Assert.True(run.Report.Document.GetProperty("losses").TryGetProperty("worker-log", out JsonElement count) && count.GetInt64() > 0, run.ToString());
    }

    private async Task<WorkflowRun> RunAsync(string before)
    {
        string path = await fixture.Machine.ConfigureAsync("steps.yml", Policy);
        await fixture.Machine.ConfigureOnDemandAsync($"policy: {path}");
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(Workflow(before), "--user", RunnerMachine.User, "--env", "WORKER_LOGSIZE=1");
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        string logs = await File.ReadAllTextAsync(Path.Combine(started.Folder, "logs"), TestContext.Current.CancellationToken);
        Assert.Equal(2, logs.Split('\n').Count(name => name.StartsWith("Worker_", StringComparison.Ordinal)));
        return run;
    }
}
