namespace Sallyport.Policy.Endpoints;

/// <summary>Writes the canonical text of an endpoint.</summary>
internal static class EndpointText
{
    public static string Of(Endpoint endpoint)
    {
        string scheme = endpoint.Scheme switch
        {
            EndpointScheme.Tcp => "tcp://",
            EndpointScheme.Udp => "udp://",
            EndpointScheme.Icmp => "icmp://",
            EndpointScheme.Ssh => "ssh://",
            EndpointScheme.Proxy => "proxy://",
            EndpointScheme.Dns => "dns://",
            _ => "",
        };
        bool portless = endpoint.Scheme is EndpointScheme.Icmp or EndpointScheme.Dns or EndpointScheme.Any;
        string port = portless ? "" : $":{endpoint.Ports}";
        return $"{scheme}{Target(endpoint)}{port}";
    }

    private static string Target(Endpoint endpoint) => endpoint switch
    {
        { Network: { IsIPv4: false } network } => $"[{network}]",
        { Network: { } network } => network.ToString(),
        { Wildcard: true } => $"*.{endpoint.Name}",
        _ => endpoint.Name!,
    };
}
