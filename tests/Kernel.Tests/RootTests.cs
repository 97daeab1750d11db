using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// R3: root by a set-uid file of the job's own. What sudo has to do with it, is shown with a runner (EndToEnd.Tests, RootGainedTests).
/// </summary>
public sealed class RootTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string File = "/run/lab/work/helper";

    /// <summary>A shell without root that starts a program; root of the job made what it starts.</summary>
    private const string AsNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c";

    [Theory]
    [EveryMode("cp /bin/dash FILE; chmod 4755 FILE", "cp /bin/dash FILE.2; chmod 6755 FILE.2; mv FILE.2 FILE")]
    public async Task A_set_uid_file_of_the_jobs_own_is_found_and_prevented(LabMode mode, string script)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"rm -f {File}", script.Replace("FILE", File, StringComparison.Ordinal), $"{AsNobody} '{File} -p -c \"id -un\"; true'") with
        {
            Policy = mode == LabMode.Block ? "version: 1\ndetections: { root-gained: block }" : null,
        });
        Assert.True(run.Process.Output.Contains("root", StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, mode == LabMode.Block ? "blocked" : "reported");
            Assert.Equal("set-uid file", row.Evidence["by"]);
        }
    }

    [Fact]
    public async Task A_file_with_capabilities_of_roots_is_found()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/setcap"), "setcap (package libcap2-bin) is not installed");
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            $"rm -f {File}; cp /bin/cat {File}; setcap cap_dac_override+ep {File}", $"{AsNobody} '{File} /etc/shadow > /dev/null; true'"));
        Assert.Equal("set-uid file", AssertFound(run, "reported").Evidence["by"]);
    }

    [Theory]
    [InlineData("cp /bin/dash FILE; chmod 755 FILE; AS 'FILE -p -c \"id -un\"'")]
    [InlineData("cp /bin/dash FILE; chown 65534 FILE; chmod 4755 FILE; AS 'FILE -p -c \"id -un\"'")] // gives nobody, who one is
    [InlineData("cp /bin/dash FILE; chmod 4755 FILE; FILE -p -c id")] // root is root before
    [InlineData("AS 'mount -l > /dev/null; su -c id < /dev/null 2> /dev/null; true'")] // set-uid programs of the system
    [InlineData("AS 'unshare -Ur id -u || true'")] // root of a namespace of its own
    [InlineData("capsh --drop=all -- -c id 2> /dev/null || true; setpriv --bounding-set -all id")] // user 0 all the time
    public async Task What_gains_nothing_of_roots_is_none(string script)
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"rm -f {File}", script.Replace("FILE", File, StringComparison.Ordinal).Replace("AS", AsNobody, StringComparison.Ordinal)));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>Who has root needs no such file: a browser's sandbox goes on, and is told.</summary>
    [Fact]
    public async Task In_block_mode_without_a_word_about_it_a_job_that_has_root_keeps_it()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"rm -f {File}; cp /bin/dash {File}; chmod 4755 {File}", $"{AsNobody} '{File} -p -c \"id -un\"'"));
        Assert.Equal("root", run.Process.Output.Trim());
        Assert.Equal("set-uid file", AssertFound(run, "reported").Evidence["by"]);
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("fail", 10)]
    public async Task It_is_not_looked_for_or_fails_the_job_as_the_policy_says(string action, int expected)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            $"rm -f {File}; cp /bin/dash {File}; chmod 4755 {File}", $"{AsNobody} '{File} -p -c \"id -un\"'") with
        {
            Policy = $"version: 1\ndetections: {{ root-gained: {action} }}",
        });
        Assert.True(run.Process.ExitCode == expected && (run.Report.Findings.Count == 0) == (action == "off"), run.ToString());
    }

    private static ReportedFinding AssertFound(LabRun run, string action)
    {
        ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == "root-gained");
        Assert.True(row?.Action == action && Path.GetFileName(run.Report.ExeOf(row.Process)) == "helper", run.ToString());
        return row!;
    }
}
