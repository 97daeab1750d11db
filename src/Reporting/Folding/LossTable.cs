using System.Collections.Immutable;

namespace Sallyport.Reporting.Folding;

/// <summary>Counts of what was lost, by reason. Bounded by <see cref="MaximumReasons"/>; the rest, and what has no
/// short reason, counts as other.</summary>
internal sealed class LossTable
{
    private const int MaximumReasons = 64;
    private const int MaximumReason = 128;
    private const string Other = "other";

    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    public void Add(string reason, long count)
    {
        if (count <= 0)
        {
            return;
        }

        if (reason.Length > MaximumReason || (counts.Count >= MaximumReasons && !counts.ContainsKey(reason)))
        {
            reason = Other;
        }

        counts[reason] = Tally.Add(counts.GetValueOrDefault(reason), count);
    }

    public ImmutableSortedDictionary<string, long> Snapshot(IEnumerable<KeyValuePair<string, long>> more)
    {
        var all = counts.ToImmutableSortedDictionary(StringComparer.Ordinal).ToBuilder();
        foreach (var (reason, count) in more)
        {
            all[reason] = Tally.Add(all.GetValueOrDefault(reason), count);
        }

        return all.ToImmutable();
    }
}
