using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Endpoints;

/// <summary>
/// One destination of the policy grammar (docs/policy.md), in canonical form: two endpoints that mean the same are
/// equal. Exactly one of <see cref="Name"/> and <see cref="Network"/> is set.
/// </summary>
public sealed record Endpoint
{
    /// <summary>Characters of an endpoint's text.</summary>
    public const int MaxTextLength = 512;

    internal Endpoint(EndpointScheme scheme, string? name, bool wildcard, IpPrefix? network, PortRange ports)
    {
        // The same rule has the same text: ssh://host is host:22, and an address never has to name itself.
        bool nameless = network is not null || ports == PortRange.Of(22);
        Scheme = nameless && scheme is (EndpointScheme.Tcp or EndpointScheme.Ssh) ? EndpointScheme.Host : scheme;
        Name = name;
        Wildcard = wildcard;
        Network = network;
        Ports = ports;
    }

    /// <summary>Protocol and duty to name itself.</summary>
    public EndpointScheme Scheme { get; }

    /// <summary>Canonical name; of a wildcard, the zone below which names match.</summary>
    public string? Name { get; }

    /// <summary><c>*.zone</c>: one or more labels to the left.</summary>
    public bool Wildcard { get; }

    /// <summary>Address block, when no name.</summary>
    public IpPrefix? Network { get; }

    /// <summary>Ports; <see cref="PortRange.All"/> where the protocol has none.</summary>
    public PortRange Ports { get; }

    /// <summary>
    /// Whether a flow that this rule allows has to say its name (SNI, Host): HARDENING rule 8. Address rules have no
    /// name to compare with, and SSH says none.
    /// </summary>
    public bool RequiresName =>
        Scheme == EndpointScheme.Host && Name is not null && Ports != PortRange.Of(22);

    /// <summary>The canonical text, accepted again by the parser in the same list.</summary>
    public string Text => EndpointText.Of(this);

    /// <summary>Reads one endpoint; <c>@group</c> is not one.</summary>
    /// <param name="text">Without surrounding white space, at most <see cref="MaxTextLength"/> characters.</param>
    /// <param name="use">The list in which it stands.</param>
    /// <param name="endpoint">The endpoint, when true is returned.</param>
    /// <param name="mistake">What is wrong, when false is returned.</param>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        EndpointUse use,
        [NotNullWhen(true)] out Endpoint? endpoint,
        [NotNullWhen(false)] out EndpointMistake? mistake) =>
        EndpointParser.TryParse(text, use, out endpoint, out mistake);

    /// <summary>Whether the rule speaks of this name.</summary>
    /// <param name="name">Canonical.</param>
    public bool MatchesName(string name) =>
        Name is not null && (Wildcard ? HostName.IsBelow(name, Name) : string.Equals(name, Name, StringComparison.Ordinal));

    /// <summary>Whether the rule speaks of this address.</summary>
    /// <param name="address">One address.</param>
    public bool MatchesAddress(IpPrefix address) => Network is { } network && network.Contains(address);

    /// <summary>Whether the rule speaks of this protocol and port.</summary>
    /// <param name="protocol">IPPROTO number, 0 to 255.</param>
    /// <param name="port">0 to 65535; for ICMP the type.</param>
    public bool MatchesPort(int protocol, int port) =>
        Scheme == EndpointScheme.Any || IpProtocols.Of(Scheme).Contains((byte)protocol) && Ports.Contains(port);

    /// <summary>Whether whatever the other allows is allowed by this one too.</summary>
    /// <param name="other">The narrower endpoint.</param>
    public bool Covers(Endpoint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CoversTarget(other) && CoversScheme(other)
            && (other.Scheme == EndpointScheme.Dns || Ports.Contains(other.Ports));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool CoversTarget(Endpoint other)
    {
        if (Network is { } network)
        {
            return other.Network is { } narrower && network.Contains(narrower);
        }
        return other.Name is { } name
            && (Wildcard
                ? HostName.IsBelow(name, Name) || other.Wildcard && name == Name
                : !other.Wildcard && name == Name);
    }

    private bool CoversScheme(Endpoint other) => Scheme switch
    {
        _ when Scheme == other.Scheme => !RequiresName || other.RequiresName,
        EndpointScheme.Any => true,
        EndpointScheme.Tcp or EndpointScheme.Ssh =>
            other.Scheme is EndpointScheme.Host or EndpointScheme.Tcp or EndpointScheme.Ssh or EndpointScheme.Dns,
        EndpointScheme.Host when !RequiresName =>
            other.Scheme is EndpointScheme.Tcp or EndpointScheme.Ssh or EndpointScheme.Dns,
        _ => other.Scheme == EndpointScheme.Dns,
    };
}
