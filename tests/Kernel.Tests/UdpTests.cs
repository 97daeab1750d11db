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

    /// <summary>To the world's echo: as many bytes come back.</summary>
    [Theory]
    [InlineData(Allowed)]
    [InlineData(Allowed6)]
    public async Task What_datagrams_carry_is_counted_each_way(string address)
    {
        var text = new string('x', 1000);
        var run = await PassAsync(Command("udp", "exchange", address, "7", text) with { Allow = [At("udp", address, "7")] });
        var row = Assert.Single(run.Report.Connections, c => c.Address == address && c.Port == 7);
        Assert.Equal(((long)text.Length, (long)text.Length), (row.BytesOut, row.BytesIn));
    }

    [Theory]
    [EveryMode]
    public Task A_connected_socket_cannot_send_elsewhere(LabMode mode) => ProveAsync(mode, To(
        Attacker,
        Command("udp", "retarget", Allowed, Attacker, Port, Canary) with { Allow = [$"udp://{Allowed}:{Port}"] }));

    [Theory]
    [EveryMode("53 " + Attacker, "443 " + Attacker, "53 " + Attacker6)]
    public Task A_source_port_opens_nothing(LabMode mode, string way)
    {
        var (source, address) = (way.Split(' ')[0], way.Split(' ')[1]);
        return ProveAsync(mode, To(
            address,
            Command("udp", "from", source, address, Port, Canary) with
            {
                Allow = ["allowed.test", "udp://allowed.test:443"],
            }));
    }

    [Theory]
    [EveryMode]
    public Task A_user_without_privileges_is_judged_alike(LabMode mode) =>
        ProveAsync(mode, To(Attacker, Command("udp", "sendto", Attacker, Port, Canary) with { UserId = 65534 }));

    /// <summary>
    /// A socket from before the agent whose memory for options is used up has no place for the mark. Where the destination is allowed
    /// that alone refuses it.
    /// </summary>
    [Theory]
    [EveryMode(Allowed6, $"::ffff:{Allowed}", Attacker6)]
    public async Task A_socket_without_a_place_for_its_mark_is_refused_and_counted(LabMode mode, string peer)
    {
        var address = peer.Replace("::ffff:", "", StringComparison.Ordinal);
        var run = await ProveAsync(mode, To(address, Command("udp", "inherited", "9", Canary) with
        {
            Before = ["udp", "full-then", peer, Port],
            Allow = [$"udp://[{Allowed6}]:{Port}", $"udp://{Allowed}:{Port}"],
        }) with { Reasons = [peer == Attacker6 ? "no-rule" : "table-full"] });
        Assert.True(mode == LabMode.Off || run.Report.Losses.GetValueOrDefault("socket-storage") > 0, run.ToString());
    }

    /// <summary>The uplink judges what the resolver is asked, and finds the mark beside the socket.</summary>
    [Theory]
    [EveryMode]
    public Task A_socket_without_a_place_for_its_mark_asks_no_resolver(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "inherited", "9", Canary) with { Before = ["udp", "full-then", $"::ffff:{Resolver}", "53"] },
        Row = Row.Either(Row.AnyQuestion(), Row.Connection("udp", 53, Resolver)),
        Reasons = ["dns-malformed", "question-count", "table-full"],
        Exe = "udp",
        Silent = (Resolver, 53),
    });

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task An_address_rewritten_by_another_thread_gains_nothing(LabMode mode, string address)
    {
        var good = address == Attacker ? Allowed : Allowed6;
        return ProveAsync(mode, new Attack
        {
            Command = Command("udp", "flip", good, address, "7", Canary, "20000") with { Allow = [At("udp", good, "7")] },
            Arrived = run => run.Traffic.PacketsTo(address) > 0,
            Row = Row.Connection("udp", 7, address),
            Reasons = ["no-rule"],
            Exe = "udp",
            Silent = (address, 7),
        });
    }

    private static Attack To(string address, LabCommand command) => new()
    {
        Command = command,
        Row = Row.Connection("udp", 5300, address),
        Reasons = ["no-rule"],
        Exe = "udp",
        Silent = (address, 5300),
        Told = "EPERM",
    };
}
