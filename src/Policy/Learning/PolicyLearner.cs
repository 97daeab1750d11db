using System.Collections.Immutable;
using System.Net;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Linting;

namespace Sallyport.Policy.Learning;

/// <summary>
/// Proposes a policy from what was seen. A wildcard only where three or more names of one zone were seen and the zone is
/// not open to everybody: an attacker must not get a wildcard by having been there.
/// </summary>
public static class PolicyLearner
{
    private const int LeastForWildcard = 3;

    /// <summary>Proposes a policy.</summary>
    /// <param name="destinations">Of one run or of several.</param>
    /// <param name="options">How.</param>
    public static LearnedPolicy Learn(IEnumerable<ObservedDestination> destinations, LearnOptions options)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        ArgumentNullException.ThrowIfNull(options);
        var left = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new List<(Endpoint Endpoint, ObservedDestination Destination)>();
        foreach (ObservedDestination destination in destinations)
        {
            if (destination.Address is { } address && IPAddress.IsLoopback(address))
            {
                continue; // Needs no rule.
            }
            if (Endpoint.TryParse(TextOf(destination), EndpointUse.Allow, out Endpoint? endpoint, out EndpointMistake? mistake))
            {
                seen.Add((endpoint, destination));
            }
            else
            {
                _ = left.Add($"{Escape.Text(TextOf(destination))}: {mistake.What}");
            }
        }
        List<Endpoint> endpoints = Group(seen, Math.Max(LeastForWildcard, options.WildcardFrom));
        if (endpoints.Count > PolicyDocument.MaxRules)
        {
            _ = left.Add($"{endpoints.Count - PolicyDocument.MaxRules} more destinations than a policy may have rules");
            endpoints = endpoints[..PolicyDocument.MaxRules];
        }
        ImmutableArray<LearnedRule> rules = Describe(endpoints, seen);
        ImmutableArray<string> rest = [.. left];
        return new LearnedPolicy(rules, rest, LearnedText.Write(rules, rest, options));
    }

    private static string TextOf(ObservedDestination destination)
    {
        string host = destination.Name ?? destination.Address switch
        {
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } six => $"[{WithoutScope(six)}]",
            { } four => IpPrefix.Of(four).ToAddress().ToString(),
            null => "",
        };
        return destination.Protocol switch
        {
            "icmp" => $"icmp://{host}",
            "udp" => $"udp://{host}:{destination.Port}",
            "tcp" when destination is { NamedItself: false, Name: not null } => $"tcp://{host}:{destination.Port}",
            "tcp" => $"{host}:{destination.Port}",
            _ => $"{destination.Protocol}://{host}",
        };
    }

    private static IPAddress WithoutScope(IPAddress address) => new(address.GetAddressBytes());

    private static List<Endpoint> Group(
        List<(Endpoint Endpoint, ObservedDestination Destination)> seen, int wildcardFrom)
    {
        // A flow that says no name needs the wider rule, which then holds for the others too.
        var endpoints = seen.Select(pair => pair.Endpoint).Distinct().ToList();
        endpoints = Widest(endpoints, new EndpointIndex(endpoints));
        var wildcards = endpoints.Where(endpoint => ParentOf(endpoint) is not null)
            .GroupBy(endpoint => new Endpoint(endpoint.Scheme, ParentOf(endpoint), wildcard: true, null, endpoint.Ports))
            .Where(zone => zone.Count() >= wildcardFrom && OpenZones.WhyOpen(zone.Key.Name!) is null)
            .Select(zone => zone.Key)
            .ToList();
        var zones = new EndpointIndex(wildcards);
        return
        [
            .. Widest(endpoints, zones).Concat(Widest(wildcards, zones))
                .OrderBy(endpoint => endpoint.Network is not null)
                .ThenBy(endpoint => string.Join('.', (endpoint.Name ?? "").Split('.').Reverse()), StringComparer.Ordinal)
                .ThenBy(endpoint => endpoint.Text, StringComparer.Ordinal),
        ];
    }

    private static List<Endpoint> Widest(List<Endpoint> endpoints, EndpointIndex others) =>
        [.. endpoints.Where(endpoint => !others.Covering(endpoint).Any(other => other != endpoint))];

    private static string? ParentOf(Endpoint endpoint) =>
        endpoint is { Name: { } name, Wildcard: false } && name.IndexOf('.') is > 0 and var dot ? name[(dot + 1)..] : null;

    private static ImmutableArray<LearnedRule> Describe(
        List<Endpoint> endpoints, List<(Endpoint Endpoint, ObservedDestination Destination)> seen)
    {
        var index = new EndpointIndex(endpoints);
        var covered = seen
            .SelectMany(pair => index.Covering(pair.Endpoint).Select(rule => (Rule: rule, pair.Endpoint, pair.Destination)))
            .ToLookup(found => found.Rule);
        return
        [
            .. endpoints.Select(endpoint => new LearnedRule(
                endpoint,
                Sorted(covered[endpoint].Select(found => found.Destination.Process)),
                Sorted(covered[endpoint].Select(found => found.Destination.Step)),
                covered[endpoint].Sum(found => found.Destination.Count),
                endpoint.Wildcard ? Sorted(covered[endpoint].Select(found => found.Endpoint.Name)) : [])),
        ];
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string?> values) =>
        [.. values.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
