using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>The rules in force, and how often each decided. Bounded by its texts.</summary>
internal sealed class RuleTable(TextBudget texts)
{
    // A rule may say nothing, and is kept all the same.
    private const int RuleCharacters = 64;

    private readonly SortedDictionary<int, RecordedRule> rules = [];
    private readonly Dictionary<int, long> counts = [];

    public void Load(ImmutableArray<RecordedRule> recorded)
    {
        foreach (var rule in recorded)
        {
            if (texts.TryReplace(rules.TryGetValue(rule.Number, out var before) ? CharactersOf(before) : 0, CharactersOf(rule), isImportant: true))
            {
                rules[rule.Number] = rule;
            }
        }
    }

    public RecordedRule? Find(int? number) =>
        number is { } n && rules.TryGetValue(n, out var rule) ? rule : null;

    public void Count(int? number, long count)
    {
        if (number is { } n && rules.ContainsKey(n))
        {
            counts[n] = Tally.Add(counts.GetValueOrDefault(n), count);
        }
    }

    public ImmutableArray<RuleDocument> Documents() =>
    [
        .. rules.Values.Select(rule => new RuleDocument(
            rule.Number.ToString(CultureInfo.InvariantCulture),
            rule.Text,
            rule.Origin,
            counts.GetValueOrDefault(rule.Number))),
    ];

    private static long CharactersOf(RecordedRule rule) => RuleCharacters + TextBudget.Of(rule.Text, rule.Origin);
}
