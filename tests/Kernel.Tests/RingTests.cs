namespace Sallyport.Kernel.Tests;

/// <summary>Technique N5 and HARDENING rule 1: io_uring, also from a kernel thread that no fork reports.</summary>
public sealed class RingTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode("", "sqpoll")]
    public Task A_connection_made_by_the_ring_is_refused(LabMode mode, string poll) => ProveAsync(mode, new Attack
    {
        Command = Command("uring", "connect", Attacker, "4443", Canary, poll),
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "uring",
        Silent = (Attacker, 4443),
    });

    [Theory]
    [EveryMode("", "sqpoll")]
    public Task A_datagram_sent_by_the_ring_is_refused(LabMode mode, string poll) => ProveAsync(mode, new Attack
    {
        Command = Command("uring", "sendmsg", Attacker, "5300", Canary, poll),
        Row = Row.Connection("udp", 5300, Attacker),
        Reasons = ["no-rule"],
        Exe = "uring",
        Silent = (Attacker, 5300),
    });
}
