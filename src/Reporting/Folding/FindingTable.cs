using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>Findings; those with the same facts of the same process are counted. Bounded.</summary>
internal sealed class FindingTable(int limit, LossTable losses, TextBudget texts, ProcessTable processes)
{
    private readonly Dictionary<string, (FindingRaised First, long Count)> rows = new(StringComparer.Ordinal);
    private readonly List<string> order = [];

    public void Raised(FindingRaised e)
    {
        var key = KeyOf(e);
        if (rows.TryGetValue(key, out var row))
        {
            rows[key] = row with { Count = row.Count + 1 };
            return;
        }

        if (rows.Count >= limit)
        {
            losses.Add("report-findings", 1);
            return;
        }

        // The facts themselves, and once more as the key.
        if (!texts.TryTake(2L * key.Length, isImportant: true))
        {
            return;
        }

        rows.Add(key, (e, 1));
        order.Add(key);
        processes.Refer(e.Process);
    }

    // Enumerable.OrderBy is stable: rows of one instant stay in the order of the recording.
    public ImmutableArray<FindingDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. order
            .Select(key => rows[key])
            .OrderBy(row => row.First.BootTimeNs)
            .ThenBy(row => row.First.Finding, StringComparer.Ordinal)
            .Select(row => new FindingDocument(
                row.First.Finding,
                row.First.Title,
                row.First.Severity,
                row.First.Action,
                row.First.Evidence.ToImmutableSortedDictionary(StringComparer.Ordinal),
                row.Count,
                clock.At(row.First.BootTimeNs),
                steps.Find(row.First.Step),
                row.First.Process)),
    ];

    // NUL stands in no fact: names and values come from C strings and paths.
    private static string KeyOf(FindingRaised e) => string.Join(
        '\0',
        new[] { e.Finding, e.Title, e.Severity, e.Action, e.Process, e.Step }.Concat(
            e.Evidence.OrderBy(fact => fact.Key, StringComparer.Ordinal).SelectMany(f => new[] { f.Key, f.Value })));
}
