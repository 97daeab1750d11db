using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// R3: sudo was taken from the job, and it becomes root all the same: by sudoers that somebody has restored, or by a set-uid file that
/// an earlier job has left. In block mode it is prevented; with sudo as it is nothing of it is a finding.
/// </summary>
public sealed class RootGainedTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Finding = "root-gained";

    /// <summary>Waits until the machine's owner, or whom the job has tricked, has restored sudoers.</summary>
    private const string Restored = """
        touch $SIGNS/ready
        while [ ! -e $SIGNS/go ]; do sleep 0.02; done
        sudo -n id -u > $SIGNS/during 2> $SIGNS/errors || echo refused >> $SIGNS/during
        """;

    private const string Left = """
        /run/lab/work/left-helper -p -c 'id -un' > $SIGNS/during 2> $SIGNS/errors || echo refused >> $SIGNS/during
        """;

    private RunnerMachine Machine => fixture.Machine;

    [Theory]
    [InlineData("block", "disable-sudo: true", "refused")]
    [InlineData("audit", "disable-sudo: true", "0")]
    [InlineData("block", "disable-telemetry: true", "0")]
    public async Task Sudoers_that_were_restored(string mode, string input, string expected)
    {
        using StartedRun started = Start(mode, input, Restored);
        await started.SignAsync("ready");
        await Machine.ShellAsync("rm -f /etc/sudoers.d/zzz-sallyport-*");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.True(Read(started, "during") == expected, run.ToString());
        AssertFinding(run, mode, input, "set-uid program");
    }

    [Theory]
    [InlineData("block", "disable-sudo: true", "refused")]
    [InlineData("audit", "disable-sudo: true", "root")]
    [InlineData("block", "disable-telemetry: true", "root")]
    public async Task A_set_uid_file_of_an_earlier_job(string mode, string input, string expected)
    {
        await Machine.ShellAsync($"cp /bin/dash {RunnerMachine.Work}/left-helper; chmod 4755 {RunnerMachine.Work}/left-helper");
        using StartedRun started = Start(mode, input, Left);
        WorkflowRun run = await started.EndAsync();
        Assert.True(Read(started, "during") == expected, run.ToString());
        AssertFinding(run, mode, input, "set-uid file");
    }

    private static void AssertFinding(WorkflowRun run, string mode, string input, string by)
    {
        JsonElement[] rows = [.. run.Report.Findings.Where(row => JobReport.Text(row, "id") == Finding)];
        if (!input.StartsWith("disable-sudo", StringComparison.Ordinal))
        {
            Assert.True(rows.Length == 0, run.ToString());
            return;
        }

        Assert.Contains(rows, row => JobReport.Text(row, "action") == (mode == "block" ? "blocked" : "reported")
            && JobReport.Text(row.GetProperty("evidence"), "by") == by
            && JobReport.Text(row, "step") is { } step && JobReport.Text(run.Report.Step(step), "name") == "Try");
    }

    private StartedRun Start(string mode, string input, string script) => Machine.Start(
        $"""
        name: Root
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Protect
                uses: sallyport/sallyport@v1
                with:
                  egress-policy: {mode}
                  allowed-endpoints: github.com:443
                  {input}
              - name: Try
                run: |
                  {script.ReplaceLineEndings("\n          ")}
        """,
        "--user",
        RunnerMachine.User);

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();
}
