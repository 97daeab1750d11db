namespace Sallyport.Kernel.Tests;

/// <summary>Techniques N6, N7, N8, N9 and HARDENING rule 4: packets that no TCP or UDP socket made.</summary>
public sealed class RawTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const int UdpLite = 136;

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task An_echo_request_carries_nothing_out(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "ping", address, Canary) with { UserId = 65534 },
        Arrived = run => run.Traffic.Packets.Any(p => Holds(p.Payload)),
        Row = Row.Peer(address),
        Reasons = ["protocol"],
        Exe = "raw",
    });

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_datagram_written_by_hand_is_refused(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "udp", OwnOf(address), address, "5300", Canary),
        Row = Row.Connection("udp", 5300, address),
        Reasons = ["raw-socket", "no-rule"],
        Exe = "raw",
        Silent = (address, 5300),
    });

    /// <summary>No question that can be read, and none that is not.</summary>
    [Theory]
    [EveryMode(Resolver, Resolver6)]
    public Task A_datagram_written_by_hand_for_the_resolver_is_refused(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "udp", OwnOf(address), address, "53", Canary),
        Row = Row.Connection("udp", 53, address),
        Reasons = ["raw-socket"],
        Exe = "raw",
        Silent = (address, 53),
    });

    /// <summary>Shorter than the header of TCP is.</summary>
    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_segment_without_a_head_is_seen_and_refused(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "protocol", "6", address, Canary[..12]),
        Arrived = run => run.Traffic.PacketsTo(address) > 0,
        Row = Row.Connection("tcp", 0, address),
        Reasons = ["raw-socket", "no-rule"],
        Exe = "raw",
        Silent = (address, 0),
    });

    [Theory]
    [EveryMode(Allowed, Allowed6)]
    public Task A_raw_socket_may_not_speak_UDP_even_to_an_allowed_address(LabMode mode, string address) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("raw", "udp", OwnOf(address), address, "5300", Canary) with { Allow = [At("udp", address, "5300")] },
            Row = Row.Connection("udp", 5300, address),
            Reasons = ["raw-socket"],
            Exe = "raw",
            Silent = (address, 5300),
        });

    [Theory]
    [EveryMode("47", "253", "4", "50", "132", "33", "115")]
    public Task Another_IP_protocol_is_refused(LabMode mode, string protocol) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "protocol", protocol, Attacker, Canary),
        Row = Row.Connection($"ip-{protocol}", 0, Attacker),
        Reasons = ["protocol"],
        Exe = "raw",
        Silent = (Attacker, 0),
    });

    [Theory]
    [EveryMode("47", "253")]
    public Task Another_IP_protocol_over_IPv6_is_refused(LabMode mode, string protocol) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "protocol", protocol, Attacker6, Canary),
        Row = Row.Connection($"ip-{protocol}", 0, Attacker6),
        Reasons = ["protocol"],
        Exe = "raw",
        Silent = (Attacker6, 0),
    });

    [Theory]
    [EveryMode($"253 {Attacker}", $"253 {Attacker6}")]
    public Task A_raw_socket_that_is_older_than_the_agent_is_judged(LabMode mode, string what)
    {
        var (protocol, address) = (what.Split(' ')[0], what.Split(' ')[1]);
        return ProveAsync(mode, new Attack
        {
            Command = Command("raw", "inherited", "9", Canary) with { Before = ["raw", "open-then", protocol, address] },
            Row = Row.Connection($"ip-{protocol}", 0, address),
            Reasons = ["protocol"],
            Exe = "raw",
            Silent = (address, 0),
        });
    }

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task UDP_Lite_is_not_UDP(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "lite", address, "5300", Canary),
        Arrived = run => run.Traffic.Packets.Any(p => p.Protocol == UdpLite && Holds(p.Payload)),
        Row = Row.Either(Row.Connection("ip-136", 5300, address), Row.Connection("ip-136", 0, address)),
        Reasons = ["protocol", "no-rule"],
        Exe = "udp",
        Silent = (address, 5300),
    });

    [Theory]
    [EveryMode("packet " + Attacker, "packet-bypass " + Attacker, "xdp " + Attacker, "packet " + Attacker6)]
    public Task A_frame_written_by_hand_is_refused(LabMode mode, string way)
    {
        var (how, address) = (way.Split(' ')[0], way.Split(' ')[1]);
        return ProveAsync(mode, new Attack
        {
            Command = Command("raw", how, "lab0", OwnOf(address), address, "5300", Canary),
            // With the bypass, and with the memory of an AF_XDP socket, the socket option is refused, before there is an address.
            Row = Row.Either(
                Row.Connection("udp", 5300, address), Row.Peer("::"), Row.Peer("0.0.0.0"), Row.Peer("")),
            Reasons = ["packet-socket", "queue-bypass"],
            Exe = "raw",
            Silent = (address, 5300),
        });
    }

    [Theory]
    [EveryMode]
    public Task A_source_route_leads_nowhere(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "sourceroute", Attacker, Allowed, "5300", Canary) with
        {
            Allow = [$"udp://{Allowed}:5300"],
        },
        Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
        Row = Row.Either(Row.Connection("udp", 5300, Attacker), Row.Connection("udp", 5300, Allowed)),
        Reasons = ["ip-options"],
        Exe = "udp",
        Silent = (Attacker, 5300),
    });

    [Theory]
    [EveryMode]
    public Task A_routing_header_leads_nowhere(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "routing-header", Attacker6, Allowed6, "5300", Canary) with
        {
            Allow = [$"udp://[{Allowed6}]:5300"],
        },
        Arrived = run => run.Traffic.PacketsTo(Attacker6) > 0,
        Row = Row.Either(Row.Connection("udp", 5300, Attacker6), Row.Connection("udp", 5300, Allowed6)),
        Reasons = ["ip-options"],
        Exe = "udp",
        Silent = (Attacker6, 5300),
    });

    [Theory]
    [EveryMode(Resolver, Resolver6)]
    public Task A_question_too_large_for_one_packet_carries_nothing_out(LabMode mode, string resolver) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "fragments", resolver, "53", Canary),
        Row = Row.Either(Row.Connection("udp", 53, resolver), Row.AnyQuestion()),
        // Its first bytes are no DNS header, so a count of questions is not one either.
        Reasons = ["fragment", "dns-malformed", "question-count"],
        Exe = "udp",
        Silent = (resolver, 53),
    });

    /// <summary>SCTP and DCCP by their sockets: type and protocol. Nobody answers; the packet that asks for it is what counts.</summary>
    [Theory]
    [EveryMode("1 132", "6 33")]
    public Task Another_transport_is_refused(LabMode mode, string transport)
    {
        var (type, protocol) = (transport.Split(' ')[0], transport.Split(' ')[1]);
        return ProveAsync(mode, new Attack
        {
            Command = Command("raw", "transport", type, protocol, Attacker, "4443", Canary),
            Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
            Row = Row.Peer(Attacker),
            Reasons = ["protocol"],
            Exe = "raw",
        });
    }

    /// <summary>The client's address of the same family.</summary>
    private static string OwnOf(string address) => address.Contains(':', StringComparison.Ordinal) ? Client6 : Client;

    private bool Holds(ReadOnlyMemory<byte> payload) =>
        payload.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes(Canary)) >= 0;
}
