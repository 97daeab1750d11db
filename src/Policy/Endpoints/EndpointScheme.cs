namespace Sallyport.Policy.Endpoints;

/// <summary>What an endpoint is about: which protocol, and whether the flow has to name itself.</summary>
public enum EndpointScheme
{
    /// <summary>No scheme written: TCP. A name rule asks the flow to name itself (SNI, Host) but for port 22 alone.</summary>
    Host,

    /// <summary><c>tcp://</c>: TCP, whatever it speaks.</summary>
    Tcp,

    /// <summary><c>udp://</c>: UDP.</summary>
    Udp,

    /// <summary><c>icmp://</c>: ICMP and ICMPv6, every type.</summary>
    Icmp,

    /// <summary><c>ssh://</c>: TCP that does not name itself; port 22 when left out.</summary>
    Ssh,

    /// <summary><c>proxy://</c>: an HTTP proxy; what it is asked for is judged by the same policy.</summary>
    Proxy,

    /// <summary><c>dns://</c>: the name may be resolved, not connected to.</summary>
    Dns,

    /// <summary>Only in <c>deny</c> and <c>inbound</c>, port left out: every port and protocol.</summary>
    Any,
}
