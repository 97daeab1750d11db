using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Endpoints;

/// <summary>The endpoint grammar of docs/policy.md. Never throws, whatever the text.</summary>
internal static class EndpointParser
{
    private const string Forms =
        "host, host:port, host:8000-8010, host:*, *.zone:port, 198.51.100.7:port, 10.0.0.0/8:port, [2001:db8::1]:port, "
        + "tcp://, udp://, icmp://, ssh://, proxy:// or dns:// before it, or @group";

    public static bool TryParse(
        ReadOnlySpan<char> text,
        EndpointUse use,
        [NotNullWhen(true)] out Endpoint? endpoint,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        endpoint = null;
        if (text.IsEmpty || text.Length > Endpoint.MaxTextLength)
        {
            mistake = new EndpointMistake($"an endpoint has 1 to {Endpoint.MaxTextLength} characters", Forms);
            return false;
        }
        if (text[0] == '@')
        {
            mistake = new EndpointMistake("a group cannot stand here", "a single endpoint, such as github.com:443");
            return false;
        }
        if (!TrySplitScheme(text, out EndpointScheme scheme, out ReadOnlySpan<char> rest, out mistake)
            || !TrySplitPort(rest, out ReadOnlySpan<char> host, out ReadOnlySpan<char> port, out mistake)
            || !TryReadHost(host, out string? name, out bool wildcard, out IpPrefix? network, out mistake)
            || !EndpointPorts.TryRead(port, use, ref scheme, out PortRange ports, out mistake))
        {
            return false;
        }
        mistake = CheckTogether(scheme, use, name);
        if (mistake is not null)
        {
            return false;
        }
        endpoint = new Endpoint(scheme, name, wildcard, network, ports);
        return true;
    }

    private static bool TrySplitScheme(
        ReadOnlySpan<char> text,
        out EndpointScheme scheme,
        out ReadOnlySpan<char> rest,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        int at = text.IndexOf("://", StringComparison.Ordinal);
        scheme = EndpointScheme.Host;
        rest = at < 0 ? text : text[(at + 3)..];
        mistake = null;
        if (at < 0)
        {
            return true;
        }
        Span<char> lower = stackalloc char[8];
        ReadOnlySpan<char> written = text[..at];
        int length = written.Length <= lower.Length ? written.ToLowerInvariant(lower) : 0;
        switch (lower[..length])
        {
            case "tcp": scheme = EndpointScheme.Tcp; return true;
            case "udp": scheme = EndpointScheme.Udp; return true;
            case "icmp": scheme = EndpointScheme.Icmp; return true;
            case "ssh": scheme = EndpointScheme.Ssh; return true;
            case "proxy": scheme = EndpointScheme.Proxy; return true;
            case "dns": scheme = EndpointScheme.Dns; return true;
            case "https":
                mistake = new EndpointMistake("a URL is not an endpoint", "only host and port, such as github.com:443");
                return false;
            case "http":
                mistake = new EndpointMistake("a URL is not an endpoint", "only host and port, such as deb.debian.org:80");
                return false;
            default:
                mistake = new EndpointMistake("the scheme is not known",
                    "tcp://, udp://, icmp://, ssh://, proxy://, dns://, or none");
                return false;
        }
    }

    /// <summary>Splits host and port. IPv6 has colons of its own: in brackets, or bare and then without a port.</summary>
    private static bool TrySplitPort(
        ReadOnlySpan<char> rest,
        out ReadOnlySpan<char> host,
        out ReadOnlySpan<char> port,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        mistake = null;
        host = rest;
        port = default;
        int colon = rest.LastIndexOf(':');
        int slash = rest.LastIndexOf('/');
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']');
            if (close < 0)
            {
                mistake = new EndpointMistake("'[' is not closed", "[2001:db8::1]:443");
                return false;
            }
            colon = rest[close..].IndexOf(':');
            colon = colon < 0 ? -1 : colon + close;
        }
        else if (rest.Count(':') > 1 && colon > slash && slash < 0)
        {
            return true;
        }
        else if (slash > colon)
        {
            return true;
        }
        if (colon >= 0)
        {
            host = rest[..colon];
            port = rest[colon..];
        }
        return true;
    }

    private static bool TryReadHost(
        ReadOnlySpan<char> host,
        out string? name,
        out bool wildcard,
        out IpPrefix? network,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        name = null;
        network = null;
        wildcard = host.StartsWith("*.", StringComparison.Ordinal);
        if (AddressReader.LooksLikeAddress(host))
        {
            bool read = AddressReader.TryRead(host, out IpPrefix prefix, out mistake);
            network = read ? prefix : null;
            return read;
        }
        if (host is "*")
        {
            mistake = new EndpointMistake("'*' alone would allow every host",
                "*.zone, an address block, or mode: audit to refuse nothing");
            return false;
        }
        if (host.Contains('/'))
        {
            mistake = new EndpointMistake("a path cannot be judged, only host and port", "github.com:443");
            return false;
        }
        if (host.Contains('@'))
        {
            mistake = new EndpointMistake("a user name is no part of an endpoint", "github.com:22");
            return false;
        }
        return HostName.TryCanonicalize(wildcard ? host[2..] : host, out name, out mistake);
    }

    private static EndpointMistake? CheckTogether(EndpointScheme scheme, EndpointUse use, string? name)
    {
        if (scheme == EndpointScheme.Dns && name is null)
        {
            return new EndpointMistake("dns:// is about a name, not an address", "dns://internal.example.com");
        }
        if (use == EndpointUse.Inbound && name is not null)
        {
            return new EndpointMistake("a peer has no name that could be trusted", "an address or block, such as 10.0.0.0/8");
        }
        return use == EndpointUse.Inbound && scheme is EndpointScheme.Dns or EndpointScheme.Proxy or EndpointScheme.Ssh
            ? new EndpointMistake("this scheme has no meaning for inbound peers", "tcp://, udp://, icmp:// or none")
            : use == EndpointUse.Deny && scheme == EndpointScheme.Proxy
                ? new EndpointMistake("proxy:// has no meaning in deny", "host:port or tcp://host:port")
                : null;
    }
}
