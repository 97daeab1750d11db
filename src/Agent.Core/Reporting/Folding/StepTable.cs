using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.Reporting.Folding;

/// <summary>Steps of the job. Bounded.</summary>
internal sealed class StepTable(int limit, LossTable losses)
{
    private readonly Dictionary<string, (StepStarted Start, StepEnded? End)> rows = new(StringComparer.Ordinal);

    public bool IsEmpty => rows.Count == 0;

    public void Started(StepStarted e)
    {
        if (rows.Count >= limit)
        {
            losses.Add("report-steps", 1);
            return;
        }

        rows.TryAdd(e.Step, (e, null));
    }

    public void Ended(StepEnded e)
    {
        if (rows.TryGetValue(e.Step, out var row) && row.End is null)
        {
            rows[e.Step] = row with { End = e };
        }
    }

    public ImmutableArray<StepDocument> Documents(WallClock clock) =>
    [
        .. rows.Values
            .OrderBy(row => row.Start.BootTimeNs)
            .ThenBy(row => row.Start.Step, StringComparer.Ordinal)
            .Select(row => new StepDocument(
                row.Start.Step,
                row.Start.Name,
                row.Start.Number,
                clock.At(row.Start.BootTimeNs),
                row.End is null ? null : clock.At(row.End.BootTimeNs),
                row.End?.Conclusion)),
    ];
}
