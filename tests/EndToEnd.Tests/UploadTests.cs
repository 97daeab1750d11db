using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>A job whose server is a hole: what is sent there is neither refused nor answered.</summary>
public sealed class UploadTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Hole = "198.51.100.200";

    private const string With = $"server-url: https://{Hole}\n          api-key: spk_a_b";

    // A neighbour that is not there, and is not asked for.
    private const string Dig = $$"""
        device=$(ip -o route get {{Hole}} | sed 's/.* dev \([^ ]*\) .*/\1/')
        ip route replace {{Hole}}/32 dev "$device"
        ip neigh replace {{Hole}} lladdr 02:00:00:00:00:99 dev "$device" nud permanent
        """;

    /// <summary>What the end of a job waits for the last segments (docs/agent.md).</summary>
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(3);

    /// <summary>For what the agent writes meanwhile, on a machine that does other things too.</summary>
    private static readonly TimeSpan s_spread = TimeSpan.FromSeconds(2);

    private static readonly string[] s_stages = ["Pre Harden Runner", "Harden Runner", "Post Harden Runner"];

    private static string Workflow(string server, string last = "true") => $"""
        name: Swallowed
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: block
                  allowed-endpoints: v4.test:80
                  {server}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 30 http://v4.test/allowed
                  {last}
        """;

    [Fact]
    public async Task A_server_that_swallows_packets_costs_a_job_three_seconds_at_most_and_what_is_missing_is_counted()
    {
        RunnerMachine machine = fixture.Machine;
        await machine.ShellAsync(Dig);
        _ = await RunAsync("api-key: spk_a_b");
        (WorkflowRun without, WorkflowRun run, string[] late) = await CompareAsync();
        for (int again = 0; again < 2 && late.Length > 0; again++)
        {
            (without, run, late) = await CompareAsync(); // what a job waits for it waits for each time; what else the machine does is not there each time
        }

        Assert.Empty(late);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Report.IsComplete, run.ToString());
        Assert.Equal(["allowed"], run.Report.Connections.Select(row => JobReport.Text(row, "verdict")).Distinct());
        Assert.False(File.Exists(Path.Combine(without.Report.Folder, "upload.txt")));
        Assert.Matches(
            $"^([1-9][0-9]*) of \\1 segments are not delivered to {Hole} yet: it goes on for 60 seconds; later: sallyport upload RECORDING\n$",
            await File.ReadAllTextAsync(Path.Combine(run.Report.Folder, "upload.txt"), TestContext.Current.CancellationToken));
    }

    /// <summary>A job without a server and one with it, and which stages of the second took too long, or the agent after it.</summary>
    private async Task<(WorkflowRun Without, WorkflowRun With, string[] Late)> CompareAsync()
    {
        WorkflowRun without = await RunAsync("api-key: spk_a_b");
        WorkflowRun with = await RunAsync(With);
        TimeSpan waited = Written(with, "upload.txt") - Written(with, "report.json");
        return (without, with, [
            .. s_stages.Where(stage => TimeOf(with, stage) >= TimeOf(without, stage) + s_wait)
                .Select(stage => $"{stage}: {TimeOf(with, stage)}, without a server {TimeOf(without, stage)}"),
            .. waited < s_wait + s_spread ? (string[])[] : [$"{waited} from the reports to what is said of the server"],
        ]);
    }

    /// <summary>Whatever ends what sends the recording: memory that runs out, or a process of the job's that is root.</summary>
    [Fact]
    public async Task What_sends_is_killed_while_the_job_runs_and_the_job_goes_on_and_says_what_was_not_delivered()
    {
        RunnerMachine machine = fixture.Machine;
        await machine.ShellAsync(Dig);
        using StartedRun started = machine.Start(
            Workflow(With, "while [ ! -e $SIGNS/go ]; do sleep 0.05; done"), "--user", RunnerMachine.User);
        await started.IsEnforcedAsync();
        await machine.ShellAsync(
            """
            for i in $(seq 600); do
              for child in $(cat /proc/"$1"/task/*/children); do
                tr '\0' ' ' < "/proc/$child/cmdline" | grep -q 'internal upload' && { kill -s KILL "$child"; exit 0; }
              done
              sleep 0.05
            done
            exit 1
            """,
            $"{started.Watcher()}");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/allowed "), run.ToString());
        Assert.True(run.Report.IsComplete, run.ToString());
        Assert.Matches(
            $"^([1-9][0-9]*) of \\1 segments were not delivered to {Hole}: what sends it has ended early; later: sallyport upload RECORDING\n$",
            await File.ReadAllTextAsync(Path.Combine(run.Report.Folder, "upload.txt"), TestContext.Current.CancellationToken));
    }

    private Task<WorkflowRun> RunAsync(string server) => fixture.Machine.RunAsync(Workflow(server), "--user", RunnerMachine.User);

    /// <summary>That a stage of the Action took.</summary>
    private static TimeSpan TimeOf(WorkflowRun run, string stage)
    {
        JsonElement step = run.Step(stage);
        return step.GetProperty("finished").GetDateTimeOffset() - step.GetProperty("started").GetDateTimeOffset();
    }

    /// <summary>The agent writes its reports when the runner's worker has ended, waits for the server, and says what came of it.</summary>
    private static DateTime Written(WorkflowRun run, string file) => File.GetLastWriteTimeUtc(Path.Combine(run.Report.Folder, file));
}
