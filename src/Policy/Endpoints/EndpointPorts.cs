using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Endpoints;

/// <summary>What a port, or its absence, means for each scheme and list.</summary>
internal static class EndpointPorts
{
    private static readonly PortRange Https = PortRange.Of(443);
    private static readonly PortRange SecureShell = PortRange.Of(22);

    /// <param name="port">Empty, or a colon and what follows it.</param>
    /// <param name="use">The list.</param>
    /// <param name="scheme">Becomes <see cref="EndpointScheme.Any"/> where a missing port means everything.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="mistake">What is wrong, when false is returned.</param>
    public static bool TryRead(
        ReadOnlySpan<char> port,
        EndpointUse use,
        ref EndpointScheme scheme,
        out PortRange ports,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        ports = PortRange.All;
        mistake = null;
        if (scheme is EndpointScheme.Icmp or EndpointScheme.Dns)
        {
            mistake = port.IsEmpty ? null : new EndpointMistake("icmp:// and dns:// have no port", "no port");
            return port.IsEmpty;
        }
        if (!port.IsEmpty)
        {
            bool read = PortRange.TryParse(port[1..], out ports);
            mistake = read ? null : new EndpointMistake("the port cannot be read",
                "a number from 1 to 65535, a range such as 8000-8010, or *");
            return read;
        }
        if (use != EndpointUse.Allow)
        {
            scheme = scheme == EndpointScheme.Host ? EndpointScheme.Any : scheme;
            return true;
        }
        ports = scheme == EndpointScheme.Ssh ? SecureShell : Https;
        if (scheme is EndpointScheme.Udp or EndpointScheme.Proxy)
        {
            mistake = new EndpointMistake("udp:// and proxy:// need a port", "udp://time.example.com:123");
            return false;
        }
        return true;
    }
}
