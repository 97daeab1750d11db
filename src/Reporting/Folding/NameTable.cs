using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>DNS questions, repeats counted, and the addresses that answers leased. Both bounded.</summary>
internal sealed class NameTable(
    int limit, int addressLimit, LossTable losses, TextBudget texts, RuleTable rules, ProcessTable processes)
{
    private readonly Dictionary<NameKey, NameRow> rows = [];
    private readonly Dictionary<string, SortedSet<string>> addresses = new(StringComparer.Ordinal);

    public void Asked(NameAsked e)
    {
        var key = new NameKey(e.Name, e.QuestionType, e.Verdict, e.Reason, e.Process, e.Step, e.Container);
        if (!rows.TryGetValue(key, out var row))
        {
            if (rows.Count >= (e.Verdict == RecordedVerdict.Refused ? limit : limit - (limit / 10)))
            {
                losses.Add("report-dns", 1);
                return;
            }

            if (!texts.TryTake(
                TextBudget.Of(e.Name, e.QuestionType, e.Reason, e.Resolver, e.Transport, e.Process, e.Step, e.Container),
                e.Verdict == RecordedVerdict.Refused))
            {
                return;
            }

            row = new NameRow(key, rows.Count, e);
            rows.Add(key, row);
            processes.Refer(e.Process);
        }

        row.Add(e.BootTimeNs);
        rules.Count(e.Rule, 1);
    }

    public void Resolved(NameResolved e)
    {
        if (!addresses.TryGetValue(e.Name, out var known))
        {
            if (addresses.Count >= limit)
            {
                losses.Add("report-addresses", e.Addresses.Length);
                return;
            }

            if (!texts.TryTake(e.Name.Length))
            {
                return;
            }

            addresses.Add(e.Name, known = new SortedSet<string>(StringComparer.Ordinal));
        }

        foreach (var address in e.Addresses)
        {
            if (known.Contains(address))
            {
                continue;
            }

            if (known.Count >= addressLimit)
            {
                losses.Add("report-addresses", 1);
            }
            else if (texts.TryTake(TextBudget.Of(address)))
            {
                known.Add(address);
            }
        }
    }

    public ImmutableArray<NameDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. rows.Values
            .OrderBy(row => row.FirstBootNs)
            .ThenBy(row => row.Order)
            .Select(row => row.Document(
                clock,
                rules.Find(row.Rule),
                addresses.TryGetValue(row.Name, out var known) ? [.. known] : [],
                steps.Find(row.Step))),
    ];
}
