using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>
/// Names and wildcards. The kernel's trie gives the longest key that matches, so each key carries what every shorter
/// wildcard above it says as well.
/// </summary>
internal static class NameTable
{
    /// <summary>The kernel's SP_MAX_NAMES: 512 names with 12 suffixes and 3 prefixes are 8192.</summary>
    public const int MaxEntries = 16_384;

    public static ImmutableArray<NameEntry> Build(ImmutableArray<CompiledRule> rules, SearchSuffixes suffixes)
    {
        var own = new Dictionary<(string Name, bool Wildcard), (RuleSet Rules, bool AskOnly)>();
        foreach (CompiledRule rule in rules.Where(rule => rule.Endpoint.Name is not null))
        {
            (string, bool Wildcard) key = (rule.Endpoint.Name!, rule.Endpoint.Wildcard);
            (RuleSet set, bool askOnly) = own.GetValueOrDefault(key);
            own[key] = (set.Or(RuleSet.Of([rule.Number])), askOnly);
        }
        foreach (CompiledRule rule in rules.Where(rule => rule.Use == EndpointUse.Allow && rule.Endpoint.Name is not null))
        {
            foreach ((string, bool Wildcard) key in Variants(rule.Endpoint, suffixes))
            {
                own[key] = (own.GetValueOrDefault(key).Rules, true);
            }
        }
        return
        [
            .. own.Keys.Select(key => Unite(key.Name, key.Wildcard, own))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .ThenBy(entry => entry.Wildcard),
        ];
    }

    private static IEnumerable<(string Name, bool Wildcard)> Variants(Endpoint endpoint, SearchSuffixes suffixes)
    {
        // A prefixed name below a wildcard matches the wildcard already.
        IEnumerable<string> prefixed = endpoint.Wildcard ? [] : suffixes.Prefixes.Select(prefix => $"{prefix}.{endpoint.Name}");
        return suffixes.Suffixes.Select(suffix => $"{endpoint.Name}.{suffix}")
            .Concat(prefixed)
            .Where(name => name.Length <= HostName.MaxLength)
            .Select(name => (name, endpoint.Wildcard));
    }

    private static NameEntry Unite(
        string name, bool wildcard, Dictionary<(string Name, bool Wildcard), (RuleSet Rules, bool AskOnly)> own)
    {
        (RuleSet rules, bool askOnly) = own[(name, wildcard)];
        for (int dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (own.TryGetValue((name[(dot + 1)..], true), out (RuleSet Rules, bool AskOnly) above))
            {
                rules = rules.Or(above.Rules);
                askOnly |= above.AskOnly;
            }
        }
        return new NameEntry(name, wildcard, rules, askOnly);
    }
}
