using System.Globalization;
using System.Net;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>The line of policy that would let something through, in the grammar of docs/policy.md.</summary>
internal static class PolicyLine
{
    private const int MaximumNameLength = 253;

    /// <returns>Null when no line would, or when the name is not one that a policy can say.</returns>
    public static string? For(ConnectionDocument connection)
    {
        // The name is allowed already: only a rule for the address would change something.
        var destination = connection.Reason == "no-lease" ? connection.Address : connection.Destination;
        if (HostOf(destination) is not { } host)
        {
            return null;
        }

        var port = connection.Port.ToString(CultureInfo.InvariantCulture);
        return (connection.Reason, connection.Protocol) switch
        {
            ("no-name" or "name-malformed", "tcp") => $"tcp://{host}:{port}",
            ("no-rule" or "no-lease" or "port" or "name" or "dns-tcp" or "helper", "tcp") => $"{host}:{port}",
            ("no-rule" or "no-lease" or "port" or "name", "udp") => $"udp://{host}:{port}",
            ("no-rule" or "no-lease" or "protocol", "icmp") => $"icmp://{host}",
            _ => null,
        };
    }

    /// <inheritdoc cref="For(ConnectionDocument)"/>
    /// <remarks>A question does not say the port of the connection that would follow; 443 is the default.</remarks>
    public static string? For(NameDocument question) =>
        question.Reason is "no-rule" or "name" && question.Type is "A" or "AAAA" && HostOf(question.Name) is { } host
            ? $"{host}:443"
            : null;

    /// <summary>A name or an address and its port, as one writes them.</summary>
    public static string Endpoint(string host, int port)
    {
        var shown = IPAddress.TryParse(host, out _) && host.Contains(':', StringComparison.Ordinal)
            ? $"[{host}]"
            : HostileText.Plain(host);
        return port == 0 ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}:{port}");
    }

    private static string? HostOf(string destination)
    {
        if (IPAddress.TryParse(destination, out _))
        {
            return destination.Contains(':', StringComparison.Ordinal) ? $"[{destination}]" : destination;
        }

        return destination.Length is > 0 and <= MaximumNameLength
            && destination.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '-' or '_')
            && destination.Any(char.IsAsciiLetter)
            ? destination
            : null;
    }
}
