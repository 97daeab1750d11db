using System.Net;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Judging;

/// <summary>A question for a name, or a flow, put to a policy.</summary>
public sealed record JudgeRequest
{
    /// <summary>A DNS question, not a flow.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>Canonical name that was asked for, or that leased the address; null when an address was used directly.</summary>
    public string? Name { get; init; }

    /// <summary>Where the flow goes; null when only the name is known.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>IPPROTO number.</summary>
    public int Protocol { get; init; } = IpProtocols.Tcp;

    /// <summary>1 to 65535; 0 for protocols without ports.</summary>
    public int Port { get; init; }

    /// <summary>Whether the flow says its name (TLS SNI, HTTP Host); most do.</summary>
    public bool NamesItself { get; init; } = true;

    /// <summary>The step, when known.</summary>
    public StepIdentity? Step { get; init; }

    /// <summary>Executable, absolute, when known.</summary>
    public string? Exe { get; init; }

    /// <summary>The flow that an endpoint's text means: <c>github.com:443</c>, <c>udp://198.51.100.7:53</c>.</summary>
    /// <param name="endpoint">One name or address and one port; a wildcard, block or range is no single flow.</param>
    /// <param name="request">The request, when true is returned.</param>
    /// <param name="mistake">What is wrong, when false is returned.</param>
    public static bool TryCreate(Endpoint endpoint, out JudgeRequest request, out EndpointMistake? mistake)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        bool portless = endpoint.Scheme is EndpointScheme.Dns or EndpointScheme.Icmp;
        bool single = !endpoint.Wildcard && endpoint.Network is null or { IsSingle: true }
            && (portless || endpoint.Ports.First == endpoint.Ports.Last);
        mistake = single ? null : new EndpointMistake("this is more than one destination", "one host and one port");
        ReadOnlySpan<byte> protocols = IpProtocols.Of(endpoint.Scheme);
        request = new JudgeRequest
        {
            IsQuestion = endpoint.Scheme == EndpointScheme.Dns,
            Name = endpoint.Name,
            Address = endpoint.Network?.ToAddress(),
            Protocol = endpoint.Network is { IsIPv4: false } && endpoint.Scheme == EndpointScheme.Icmp
                ? IpProtocols.IcmpV6
                : protocols.IsEmpty ? 0 : protocols[0],
            Port = portless ? 0 : endpoint.Ports.First,
            NamesItself = endpoint.Scheme == EndpointScheme.Host && endpoint.RequiresName,
        };
        return single;
    }
}
