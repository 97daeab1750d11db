using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Linting;

/// <summary>Warnings on single rules and on rules of one list.</summary>
internal static class RuleLints
{
    private const int MaxProposals = 5;

    private static readonly ImmutableArray<(string Block, string Name)> PrivateRanges =
        [("10.0.0.0/8", "private"), ("172.16.0.0/12", "private"), ("192.168.0.0/16", "private"),
            ("100.64.0.0/10", "shared"), ("169.254.0.0/16", "link-local, with the cloud's metadata service"),
            ("[fc00::/7]", "private"), ("[fe80::/10]", "link-local")];

    private static readonly ImmutableArray<(IpPrefix Prefix, string Name)> Privates =
    [
        .. PrivateRanges.Select(range => Endpoint.TryParse(range.Block, EndpointUse.Allow, out Endpoint? endpoint, out _)
            ? (endpoint.Network!.Value, range.Name)
            : throw new InvalidOperationException(range.Block)),
    ];

    public static IEnumerable<PolicyWarning> OfRule(PolicyRule rule, LintContext context)
    {
        Endpoint endpoint = rule.Endpoint;
        if (endpoint is { Wildcard: true, Name: { } zone } && OpenZones.WhyOpen(zone) is { } why)
        {
            yield return Warn(rule, "open-wildcard", why, Narrower(endpoint, context));
        }
        if (endpoint.Ports.IsAll && endpoint.Scheme is not (EndpointScheme.Icmp or EndpointScheme.Dns or EndpointScheme.Any))
        {
            yield return Warn(rule, "every-port", "every port is allowed, those of other services on the host too",
                "the ports that are used");
        }
        if (endpoint.Network is { } network)
        {
            foreach (PolicyWarning warning in OfNetwork(rule, network))
            {
                yield return warning;
            }
        }
        if (endpoint is { Scheme: EndpointScheme.Host or EndpointScheme.Tcp, Ports: { First: 53 or 853 } ports } && ports.First == ports.Last
            || endpoint is { Scheme: EndpointScheme.Udp, Ports: { First: 53 } dns } && dns.First == dns.Last)
        {
            yield return Warn(rule, "foreign-resolver", "questions to this resolver are not judged by name",
                "the machine's resolver, which needs no rule");
        }
    }

    public static IEnumerable<PolicyWarning> Repeated(ImmutableArray<PolicyRule> rules)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            PolicyRule rule = rules[i];
            if (rule.Origin.Group is not null)
            {
                continue;
            }
            for (int j = 0; j < rules.Length; j++)
            {
                bool same = rules[j].Endpoint == rule.Endpoint;
                if (j != i && (same ? j < i || rules[j].Origin.Group is not null : rules[j].Endpoint.Covers(rule.Endpoint)))
                {
                    yield return Warn(rule, same ? "duplicate-rule" : "shadowed-rule",
                        same ? $"it stands at {Escape.Text(rules[j].Origin.ToString())} already"
                            : $"{rules[j].Endpoint.Text} at {Escape.Text(rules[j].Origin.ToString())} allows it already",
                        "one of the two");
                    break;
                }
            }
        }
    }

    private static IEnumerable<PolicyWarning> OfNetwork(PolicyRule rule, IpPrefix network)
    {
        foreach ((IpPrefix prefix, string name) in Privates)
        {
            if (network.Contains(prefix))
            {
                yield return Warn(rule, "wide-range", $"{network} holds every {name} address: the whole network around the runner",
                    "the subnet or the addresses that are used");
                yield break;
            }
        }
        if (network.FamilyLength < (network.IsIPv4 ? 8 : 16))
        {
            yield return Warn(rule, "wide-range", $"{network} is a large part of all addresses", "the addresses that are used");
        }
    }

    private static string Narrower(Endpoint endpoint, LintContext context)
    {
        string[] seen = [.. context.SeenNames.Where(endpoint.MatchesName).Distinct().Order(StringComparer.Ordinal)];
        return seen.Length == 0
            ? "the names that are used, one by one (sallyport policy learn lists them)"
            : string.Join(", ", seen.Take(MaxProposals).Select(name => $"{name}:{endpoint.Ports}"))
                + (seen.Length > MaxProposals ? $" and {seen.Length - MaxProposals} more that were seen" : "");
    }

    private static PolicyWarning Warn(PolicyRule rule, string code, string what, string proposal) =>
        new(code, rule.Origin, rule.Endpoint.Text, what, proposal);
}
