namespace Sallyport.Kernel.Tests;

/// <summary>Techniques N2, N3, N4, N22 and B1: every way to give a datagram its destination.</summary>
public sealed class UdpTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Port = "5300";

    [Theory]
    [EveryMode("connected", "sendto", "sendmmsg")]
    public Task A_datagram_to_an_unlisted_address_stays_here(LabMode mode, string how) =>
        ProveAsync(mode, To(Attacker, Command("udp", how, Attacker, Port, Canary)));

    [Theory]
    [EveryMode("connected", "sendto", "sendmmsg")]
    public Task A_datagram_over_IPv6_is_judged_alike(LabMode mode, string how) =>
        ProveAsync(mode, To(Attacker6, Command("udp", how, Attacker6, Port, Canary)));

    [Theory]
    [EveryMode("connected", "sendto")]
    public Task An_IPv4_mapped_destination_is_the_IPv4_destination(LabMode mode, string how) =>
        ProveAsync(mode, To(Attacker, Command("udp", how, AttackerMapped, Port, Canary)));

    [Theory]
    [EveryMode]
    public Task A_connected_socket_cannot_send_elsewhere(LabMode mode) => ProveAsync(mode, To(
        Attacker,
        Command("udp", "retarget", Allowed, Attacker, Port, Canary) with { Allow = [$"udp://{Allowed}:{Port}"] }));

    [Theory]
    [EveryMode("53", "443")]
    public Task A_source_port_opens_nothing(LabMode mode, string source) => ProveAsync(mode, To(
        Attacker,
        Command("udp", "from", source, Attacker, Port, Canary) with
        {
            Allow = ["allowed.test", "udp://allowed.test:443"],
        }));

    [Theory]
    [EveryMode]
    public Task A_user_without_privileges_is_judged_alike(LabMode mode) =>
        ProveAsync(mode, To(Attacker, Command("udp", "sendto", Attacker, Port, Canary) with { UserId = 65534 }));

    [Theory]
    [EveryMode]
    public Task An_address_rewritten_by_another_thread_gains_nothing(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "flip", Allowed, Attacker, "7", Canary, "20000") with
        {
            Allow = [$"udp://{Allowed}:7"],
        },
        Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
        Row = Row.Connection("udp", 7, Attacker),
        Reasons = ["no-rule"],
        Exe = "udp",
        Silent = (Attacker, 7),
    });

    private static Attack To(string address, LabCommand command) => new()
    {
        Command = command,
        Row = Row.Connection("udp", 5300, address),
        Reasons = ["no-rule"],
        Exe = "udp",
        Silent = (address, 5300),
    };
}
