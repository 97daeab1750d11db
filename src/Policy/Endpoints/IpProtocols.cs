namespace Sallyport.Policy.Endpoints;

/// <summary>Numbers of the IANA registry "Protocol Numbers" that the grammar can name.</summary>
public static class IpProtocols
{
    /// <summary>TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>UDP.</summary>
    public const byte Udp = 17;

    /// <summary>ICMP for IPv4.</summary>
    public const byte Icmp = 1;

    /// <summary>ICMP for IPv6.</summary>
    public const byte IcmpV6 = 58;

    /// <summary>The protocols for which a scheme has entries in the kernel's port table; none for <c>dns://</c>.</summary>
    /// <param name="scheme">Any.</param>
    public static ReadOnlySpan<byte> Of(EndpointScheme scheme) => scheme switch
    {
        EndpointScheme.Udp => [Udp],
        EndpointScheme.Icmp => [Icmp, IcmpV6],
        EndpointScheme.Dns => [],
        EndpointScheme.Any => [Tcp, Udp, Icmp, IcmpV6],
        _ => [Tcp],
    };

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp</c> or <c>ip-N</c>.</summary>
    /// <param name="protocol">IPPROTO number.</param>
    public static string NameOf(int protocol) => protocol switch
    {
        Tcp => "tcp",
        Udp => "udp",
        Icmp or IcmpV6 => "icmp",
        _ => $"ip-{protocol}",
    };
}
