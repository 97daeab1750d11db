using System.Diagnostics;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Scope of the machine where agent.yml has a cgroupRoot: what is outside of it is nobody's, though it begins while protection does, or later.
/// </summary>
public sealed class MachineLimitTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    /// <summary>Executes at every moment, by itself and by what it starts; says whether all of it came to its end.</summary>
    private const string Outsider = """
        cp /bin/true "$1/outside"; ended=well
        while [ ! -e "$1/end" ]; do "$1/outside" && sh -c '"$0/outside" && exec "$0/outside"' "$1" || ended=otherwise; done
        echo "$ended" > "$1/ended"
        """;

    private const string Workflow = """
        name: Limit
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Inside
                id: inside
                run: |
                  setsid sh -c 'cp /bin/true "$0/inside"; "$0/inside"' "$SIGNS"
                  sleep 1
        """;

    [Fact]
    public async Task What_is_outside_of_the_limit_is_never_the_jobs()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]", scope: "machine");
        using StartedRun started = fixture.Machine.Start(Workflow, "--user", RunnerMachine.User);
        using var outsider = Process.Start("sh", ["-c", Outsider, "sh", started.Folder]);
        WorkflowRun run;
        try
        {
            run = await started.EndAsync();
        }
        finally
        {
            await File.WriteAllTextAsync(Path.Combine(started.Folder, "end"), "", CancellationToken.None); // or it goes on for ever
            await outsider.WaitForExitAsync(CancellationToken.None);
        }

        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Equal("well\n", await File.ReadAllTextAsync(Path.Combine(started.Folder, "ended"), TestContext.Current.CancellationToken));
        string?[] programs = [.. run.Report.Processes.Select(row => JobReport.Text(row, "exe"))];
        Assert.True(programs.Any(exe => exe?.EndsWith("/inside", StringComparison.Ordinal) == true), run.ToString());
        Assert.DoesNotContain(programs, exe => exe?.EndsWith("/outside", StringComparison.Ordinal) == true);
    }
}
