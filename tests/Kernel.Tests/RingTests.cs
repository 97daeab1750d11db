namespace Sallyport.Kernel.Tests;

/// <summary>Technique N5 and HARDENING rule 1: io_uring, also from a kernel thread that no fork reports.</summary>
public sealed class RingTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode(Attacker, Attacker + " sqpoll", Attacker6, Attacker6 + " sqpoll")]
    public Task A_connection_made_by_the_ring_is_refused(LabMode mode, string way) =>
        ProveAsync(mode, By("connect", way, "tcp", 4443));

    [Theory]
    [EveryMode(Attacker, Attacker + " sqpoll", Attacker6, Attacker6 + " sqpoll")]
    public Task A_datagram_sent_by_the_ring_is_refused(LabMode mode, string way) =>
        ProveAsync(mode, By("sendmsg", way, "udp", 5300));

    /// <param name="operation">Of the program.</param>
    /// <param name="way">The address, and how the ring is read.</param>
    /// <param name="protocol">Of the row.</param>
    /// <param name="port">Destination.</param>
    private Attack By(string operation, string way, string protocol, int port)
    {
        var (address, poll) = (way.Split(' ')[0], way.EndsWith("sqpoll", StringComparison.Ordinal) ? "sqpoll" : "");
        return new Attack
        {
            Command = Command("uring", operation, address, $"{port}", Canary, poll),
            Row = Row.Connection(protocol, port, address),
            Reasons = ["no-rule"],
            Exe = "uring",
            Silent = (address, port),
            Told = "EPERM",
        };
    }
}
