using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// R3: root by a set-uid file of the job's own or of a daemon's, and by nothing. What sudo has to do with it, is shown with a runner
/// (EndToEnd.Tests, RootGainedTests), and a container that drops such a file in Docker.Tests, DroppedRootTests.
/// </summary>
public sealed class RootTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string File = "/run/lab/work/helper";

    /// <summary>Where cgroup v2 is mounted.</summary>
    private string Hierarchy => Path.GetDirectoryName(Lab.CgroupRoot)!;

    /// <summary>A shell without root that starts a program; root of the job made what it starts.</summary>
    private const string AsNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c";

    [Theory]
    [EveryMode(
        "cp /bin/dash FILE; chmod 4755 FILE", "cp /bin/dash FILE.2; chmod 6755 FILE.2; mv FILE.2 FILE",
        "mkdir CONTAINER; echo 0 > CONTAINER/cgroup.procs; cp /bin/dash FILE; chmod 4755 FILE")] // no container but by its name
    public async Task A_set_uid_file_of_the_jobs_own_is_found_and_prevented(LabMode mode, string script)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"rm -f {File}; own={Hierarchy}$(sed -n s/^0:://p /proc/self/cgroup)",
            script.Replace("FILE", File, StringComparison.Ordinal).Replace("CONTAINER", $"$own/libpod-{new string('c', 64)}", StringComparison.Ordinal),
            $"{AsNobody} '{File} -p -c \"id -un\"; true'",
            "echo 0 > $own/cgroup.procs; rmdir $own/libpod-* 2> /dev/null || true") with
        {
            Policy = Blocking(mode),
        });
        Assert.True(run.Process.Output.Contains("root", StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, mode == LabMode.Block ? "blocked" : "reported");
            Assert.Equal("set-uid file", row.Evidence["by"]);
        }
    }

    /// <summary>A service of the machine, outside of the job, makes the file while the job runs.</summary>
    [Theory]
    [EveryMode]
    public async Task A_set_uid_file_that_a_daemon_drops_is_found_and_prevented(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"rm -f {File}; echo ready; until [ -u {File} ]; do sleep 0.01; done", $"{AsNobody} '{File} -p -c \"id -un\"; true'") with
        {
            Policy = Blocking(mode),
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", TimeSpan.FromMinutes(1));
                _ = await Lab.OutsideAsync("/bin/sh", "-ec", $"cp /bin/dash {File}; chmod 4755 {File}");
            },
        });
        Assert.True(run.Process.Output.Contains("root", StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            Assert.Equal("set-uid file", AssertFound(run, mode == LabMode.Block ? "blocked" : "reported").Evidence["by"]);
        }
    }

    /// <summary>
    /// A hole of the kernel's that makes a process root shows as this: without a set-uid file the user is another one. Here a daemon gives
    /// a namespace of the process the machine's own user 0 (user_namespaces(7)); what it then reads only root may.
    /// </summary>
    [Theory]
    [EveryMode]
    public async Task Root_from_nothing_is_found_and_prevented(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script(Mapped("0 0 1", 0, "cat /run/lab/work/secret; true")) with { Policy = Blocking(mode) });
        Assert.True(run.Process.Output.Contains(Canary, StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == "root-gained");
            Assert.True(row?.Action == (mode == LabMode.Block ? "blocked" : "reported") && row.Evidence["by"] == "nothing", run.ToString());
        }
    }

    /// <summary>The same without root at its end: another user that is not root's, and root of a namespace that is nobody outside of it.</summary>
    [Theory]
    [InlineData("7 100007 1", 7)]
    [InlineData("0 65534 1", 0)]
    public async Task Another_user_of_a_namespace_is_none(string map, int user)
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(Mapped(map, user, "cat /run/lab/work/secret 2>&1; true")) with
        {
            Policy = "version: 1\ndetections: { root-gained: block }",
        });
        Assert.True(run.Process.Output.Contains("denied", StringComparison.Ordinal) && run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>A process waits in a namespace of its own, root outside of it says who is who there, and it becomes that user.</summary>
    private string[] Mapped(string map, int user, string script) =>
    [
        $"echo {Canary} > secret; chmod 600 secret; rm -f pid go; mkfifo -m 666 go",
        $"{AsNobody} 'unshare -U --keep-caps sh -c \"echo \\$\\$ > pid; read line < go; setpriv --reuid={user} sh -c \\\"{script}\\\"\"; true' &",
        "until [ -s pid ]; do sleep 0.01; done",
        $"echo '{map}' > /proc/$(cat pid)/uid_map; echo '65534 65534 1' > /proc/$(cat pid)/gid_map; echo > go; wait",
    ];

    private static string? Blocking(LabMode mode) => mode == LabMode.Block ? "version: 1\ndetections: { root-gained: block }" : null;

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
    [InlineData("setpriv --reuid=65534 --inh-caps=+setuid --ambient-caps=+setuid setpriv --reuid=0 id -u")] // could have been root all the time
    [InlineData("capsh --drop=all -- -c id 2> /dev/null || true; setpriv --bounding-set -all id")] // user 0 all the time
    public async Task What_gains_nothing_of_roots_is_none(string script)
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"rm -f {File}", script.Replace("FILE", File, StringComparison.Ordinal).Replace("AS", AsNobody, StringComparison.Ordinal)));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>A program that the machine's owner has given capabilities before the job, and what it then starts as root.</summary>
    [Fact]
    public async Task A_file_that_had_capabilities_before_the_job_is_none()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/setcap"), "setcap (package libcap2-bin) is not installed");
        _ = await Lab.OutsideAsync("/bin/sh", "-ec", $"rm -f {File}.old; cp /usr/bin/python3 {File}.old; setcap cap_setuid+ep {File}.old");
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"{AsNobody} '{File}.old -c \"import os; os.setuid(0); os.execv(\\\"/usr/bin/id\\\", [\\\"id\\\", \\\"-un\\\"])\"'") with
        {
            Policy = "version: 1\ndetections: { root-gained: block }",
        });
        Assert.True(run.Process.Output.Trim() == "root" && run.Report.Findings.Count == 0, run.ToString());
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
