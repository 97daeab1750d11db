using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
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
    /// <param name="destinations">Of one run or of several, without what passes without a rule (loopback, the machine's resolver).</param>
    /// <param name="options">How.</param>
    public static LearnedPolicy Learn(IEnumerable<ObservedDestination> destinations, LearnOptions options)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        ArgumentNullException.ThrowIfNull(options);
        var left = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new List<(Endpoint Endpoint, ObservedDestination Destination)>();
        var called = new List<(Endpoint Endpoint, ObservedDestination Destination)>();
        var settings = new LearnedSettings();
        foreach (ObservedDestination destination in destinations)
        {
            string? why = destination switch
            {
                { Obstacle: { } obstacle } => obstacle,
                { Protocol: "unix" } => settings.AddSocket(destination),
                { IsInbound: true } => Add(called, destination, EndpointUse.Inbound),
                { Protocol: "dns" } => settings.AddQuestion(destination) ?? Add(seen, destination, EndpointUse.Allow),
                { Name: not null, Address: { } address } when InwardAddresses.Contains(address) =>
                    AddInward(seen, destination),
                _ => Add(seen, destination, EndpointUse.Allow),
            };
            if (why is not null)
            {
                _ = left.Add($"{Escape.Text(destination.Path ?? TextOf(destination))}: {why}");
            }
        }
        List<Endpoint> endpoints = Group(seen, Math.Max(LeastForWildcard, options.WildcardFrom));
        List<Endpoint> peers = [.. called.Select(pair => pair.Endpoint).Distinct().OrderBy(peer => peer.Text, StringComparer.Ordinal)];
        if (endpoints.Count + peers.Count is var all && all > PolicyDocument.MaxRules)
        {
            _ = left.Add($"{all - PolicyDocument.MaxRules} more destinations than a policy may have rules");
            // Names that were only asked for give way first.
            HashSet<Endpoint> kept = [.. endpoints.OrderBy(endpoint => endpoint.Scheme == EndpointScheme.Dns).Take(PolicyDocument.MaxRules)];
            endpoints = [.. endpoints.Where(kept.Contains)];
            peers = [.. peers.Take(PolicyDocument.MaxRules - endpoints.Count)];
        }
        ImmutableArray<LearnedRule> rules = Describe(endpoints, seen);
        ImmutableArray<LearnedRule> inbound = Describe(peers, called);
        ImmutableArray<string> rest = [.. left];
        return new LearnedPolicy(rules, inbound, rest, LearnedText.Write(rules, inbound, settings, rest, options));
    }

    internal static ImmutableArray<string> Sorted(IEnumerable<string?> values) =>
        [.. values.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <returns>Why it cannot be expressed; null when it was added.</returns>
    private static string? Add(
        List<(Endpoint Endpoint, ObservedDestination Destination)> list, ObservedDestination destination, EndpointUse use)
    {
        if (!Endpoint.TryParse(TextOf(destination), use, out Endpoint? endpoint, out EndpointMistake? mistake))
        {
            return mistake.What;
        }
        list.Add((endpoint, endpoint.Scheme == EndpointScheme.Tcp && destination.Note is null
            ? destination with { Note = "says no name" }
            : destination));
        return null;
    }

    /// <summary>An answer does not lease such an address to its name: a rule for the address lets it through.</summary>
    private static string? AddInward(
        List<(Endpoint Endpoint, ObservedDestination Destination)> seen, ObservedDestination destination)
    {
        string note = $"{destination.Name}: no answer leases a private address";
        string? why = Add(seen, destination with { Name = null, Note = note }, EndpointUse.Allow);
        // The variable that names a proxy is compared with the rule.
        return why ?? (destination.Protocol == "proxy" ? Add(seen, destination, EndpointUse.Allow) : null);
    }

    private static string TextOf(ObservedDestination destination)
    {
        string host = destination.Name ?? destination.Address switch
        {
            { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } six => $"[{WithoutScope(six)}]",
            { } four => IpPrefix.Of(four).ToAddress().ToString(),
            null => "",
        };
        return destination.Protocol switch
        {
            "tcp" or "udp" or "icmp" when destination.IsInbound => $"{destination.Protocol}://{host}",
            "icmp" => $"icmp://{host}",
            "dns" => $"dns://{host}",
            "udp" or "proxy" => $"{destination.Protocol}://{host}:{destination.Port}",
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

    // A question has no port, and any name can be asked for: a wildcard of questions alone would carry anything out.
    private static string? ParentOf(Endpoint endpoint) =>
        endpoint is { Name: { } name, Wildcard: false, Scheme: not (EndpointScheme.Dns or EndpointScheme.Proxy) }
            && name.IndexOf('.') is > 0 and var dot ? name[(dot + 1)..] : null;

    private static ImmutableArray<LearnedRule> Describe(
        List<Endpoint> endpoints, List<(Endpoint Endpoint, ObservedDestination Destination)> seen)
    {
        var index = new EndpointIndex(endpoints);
        var covered = seen
            .SelectMany(pair => index.Covering(pair.Endpoint).Select(rule => (Rule: rule, pair.Endpoint, pair.Destination)))
            // The question that comes before a connection is no second one.
            .Where(found => found.Endpoint.Scheme != EndpointScheme.Dns || found.Rule.Scheme == EndpointScheme.Dns)
            .ToLookup(found => found.Rule);
        return
        [
            .. endpoints.Select(endpoint => new LearnedRule(
                endpoint,
                Sorted(covered[endpoint].Select(found => found.Destination.Process)),
                Sorted(covered[endpoint].Select(found => found.Destination.Step)),
                covered[endpoint].Sum(found => found.Destination.Count),
                endpoint.Wildcard ? Sorted(covered[endpoint].Select(found => found.Endpoint.Name)) : [],
                Sorted(covered[endpoint].Select(found => found.Destination.Note)))),
        ];
    }
}
