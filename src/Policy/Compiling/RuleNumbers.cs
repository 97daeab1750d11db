using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>Gives each different rule a number, in order of appearance. Bounded by <see cref="RuleSet.Capacity"/>.</summary>
internal sealed class RuleNumbers
{
    private const int MaxOrigins = 3;

    private readonly Dictionary<(Endpoint, EndpointUse), int> numbers = [];
    private readonly List<(Endpoint Endpoint, EndpointUse Use, List<string> Origins)> rules = [];

    /// <param name="previous">Rules that keep their numbers, by number.</param>
    public RuleNumbers(ImmutableArray<CompiledRule> previous)
    {
        foreach (CompiledRule rule in previous)
        {
            numbers.Add((rule.Endpoint, rule.Use), rules.Count);
            rules.Add((rule.Endpoint, rule.Use, [rule.Origin]));
        }
    }

    public RuleSet AddAll(ImmutableArray<PolicyRule> list, EndpointUse use) =>
        RuleSet.Of([.. list.Select(rule => Add(rule, use))]);

    public ImmutableArray<CompiledRule> ToImmutable() =>
    [
        .. rules.Select((rule, number) => new CompiledRule(
            number, rule.Endpoint, rule.Use, rule.Endpoint.Text, string.Join(", ", rule.Origins))),
    ];

    private int Add(PolicyRule rule, EndpointUse use)
    {
        if (!numbers.TryGetValue((rule.Endpoint, use), out int number))
        {
            number = rules.Count;
            numbers.Add((rule.Endpoint, use), number);
            rules.Add((rule.Endpoint, use, []));
        }
        List<string> origins = rules[number].Origins;
        string origin = rule.Origin.ToString();
        if (origins.Count < MaxOrigins && !origins.Contains(origin))
        {
            origins.Add(origin);
        }
        return number;
    }
}
