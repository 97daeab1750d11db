using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>R6: bpf(2) in the job, as root. The agent's own objects are out of reach in block mode; other programs where it is asked for.</summary>
public sealed class KernelProgramTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static string Agent => "/" + Path.GetFileName(LabOptions.FromEnvironment().Product);

    [Theory]
    [EveryMode]
    public async Task A_program_of_the_jobs_is_found_and_prevented_where_that_is_asked_for(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script($"{Program("bpf")} load || true") with
        {
            Policy = $"version: 1\ndetections: {{ kernel-program-loaded: {(mode == LabMode.Block ? "block" : "report")} }}",
            Allow = [],
        });
        Assert.True(run.Process.Output.Contains("loaded", StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            AssertFound(run, "kernel-program-loaded", mode == LabMode.Block ? "blocked" : "reported");
        }
    }

    /// <summary>What each does with what it has taken works as long as nobody prevents it.</summary>
    [Theory]
    [InlineData(LabMode.Audit, "take")]
    [InlineData(LabMode.Block, "take")]
    [InlineData(LabMode.Audit, "getfd")]
    [InlineData(LabMode.Block, "getfd")]
    [InlineData(LabMode.Audit, "update")]
    [InlineData(LabMode.Block, "update")]
    [InlineData(LabMode.Audit, "detach")]
    [InlineData(LabMode.Block, "detach")]
    public Task What_is_the_agents_in_the_kernel_is_out_of_reach_in_block_mode(LabMode mode, string how) =>
        TakeAsync(mode, Script($"{Program("bpf")} {how} {Agent} || true"));

    /// <summary>A name that somebody outside of the job gives to a table of the agent's.</summary>
    [Theory]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_table_with_a_name_is_out_of_reach_in_block_mode(LabMode mode) => TakeAsync(
        mode,
        Script(
            $"{Program("bpf")} id {Agent} > id-; mv id- id",
            "echo ready; until [ -e named ]; do sleep 0.01; done; rm named id",
            $"{Program("bpf")} open names/table || true") with
        {
            Meanwhile = async job =>
            {
                await job.SaysAsync("ready", TimeSpan.FromMinutes(1));
                var other = await Lab.OutsideAsync(
                    "/bin/sh", "-ec", $"mkdir -p names; mount -t bpf none names; {Program("bpf")} pin $(cat id) names/table; touch named");
                Assert.True(other.ExitCode == 0, other.ToString());
            },
        });

    private async Task TakeAsync(LabMode mode, LabCommand command)
    {
        try
        {
            var run = await Lab.RunAsync(mode, command with
            {
                // Not named otherwise: `run` without a runner looks for it only when it is asked to.
                Policy = $"version: 1\ndetections: {{ agent-object-taken: {(mode == LabMode.Block ? "block" : "report")} }}",
            });
            Assert.True(run.Process.Output.Contains("done", StringComparison.Ordinal) == (mode == LabMode.Audit), run.ToString());
            AssertFound(run, "agent-object-taken", mode == LabMode.Block ? "blocked" : "reported");
        }
        finally
        {
            await Lab.OutsideAsync("/bin/sh", "-c", "umount names 2> /dev/null || true");
        }
    }

    [Theory]
    [InlineData("look", null)]
    [InlineData("load", 65534)] // the kernel refuses it
    public async Task Looking_at_what_is_loaded_and_calls_that_the_kernel_refuses_are_no_finding(string what, int? user)
    {
        var run = await Lab.RunAsync(LabMode.Block, Script($"{Program("bpf")} {what} || true") with { UserId = user });
        Assert.True(run.Process.Output.Contains("looked", StringComparison.Ordinal) == (user is null), run.ToString());
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    private static void AssertFound(LabRun run, string id, string action)
    {
        ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == id && finding.Action == action);
        Assert.True(row is not null, $"No finding {id} {action}.\n{run}");
        Assert.True(Path.GetFileName(run.Report.ExeOf(row.Process)) == "bpf", run.ToString());
        Assert.True(run.Report.Complete, run.ToString());
    }
}
