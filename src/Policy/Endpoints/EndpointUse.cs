namespace Sallyport.Policy.Endpoints;

/// <summary>The list in which an endpoint stands; it decides what a missing port means.</summary>
public enum EndpointUse
{
    /// <summary><c>allow</c>: a missing port is 443.</summary>
    Allow,

    /// <summary><c>deny</c>: a missing port is every port, protocol and query.</summary>
    Deny,

    /// <summary><c>inbound</c>: peers that may be answered; addresses only; a missing port is every local port.</summary>
    Inbound,
}
