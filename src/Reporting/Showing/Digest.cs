using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>A report in the order in which people read it: what needs them, what happened, what to do.</summary>
internal sealed class Digest
{
    public Digest(ReportDocument report)
    {
        Report = report;
        Names = new ProcessNames(report);
        Refused = Refusals(RecordedVerdict.Refused);
        WouldRefuse = Refusals(RecordedVerdict.Observed);
        Allowed = Destinations();
        New = NewDestination.Of(report);
        LocalConnections = report.Connections
            .Where(row => row.Verdict == RecordedVerdict.Allowed && ReasonText.IsLocal(row.Reason))
            .Sum(row => row.Count);
        Lost = report.Losses.Where(loss => !Verdict.IsMark(loss.Key)).Aggregate(0L, (sum, l) => Folding.Tally.Add(sum, l.Value));
    }

    public ReportDocument Report { get; }

    public ProcessNames Names { get; }

    public IReadOnlyList<Refusal> Refused { get; }

    public IReadOnlyList<Refusal> WouldRefuse { get; }

    public IReadOnlyList<Destination> Allowed { get; }

    /// <summary>Against an earlier run; empty too when there was none to compare with.</summary>
    public IReadOnlyList<NewDestination> New { get; }

    public long LocalConnections { get; }

    public long Lost { get; }

    /// <summary>Lines of policy that are missing, each once, in the order of their need.</summary>
    public IReadOnlyList<string> MissingLines =>
        [.. Refused.Concat(WouldRefuse).Select(r => r.Allow).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Name of a step; escaped. Null when it is not known.</summary>
    public string? StepName(string? id)
    {
        if (id is null)
        {
            return null;
        }

        var step = Report.Steps.FirstOrDefault(s => s.Id == id);
        return HostileText.Plain(step?.Name ?? id);
    }

    /// <summary>Image, name or short id of a container; escaped. Null on the host.</summary>
    public string? ContainerName(string? id)
    {
        if (id is null)
        {
            return null;
        }

        var container = Report.Containers.FirstOrDefault(c => c.Id == id);
        return HostileText.Plain(container?.Image ?? container?.Name ?? id[..Math.Min(12, id.Length)]);
    }

    private List<Refusal> Refusals(RecordedVerdict verdict)
    {
        var connections = Report.Connections
            .Where(row => row.Verdict == verdict)
            .GroupBy(row => (row.Destination, row.Port, row.Protocol, row.Reason, row.LeasedName))
            .Select(rows => Refusal.Of([.. rows]))
            .ToList();
        var connectedNames = Report.Connections
            .Where(row => row.Verdict == verdict)
            .Select(row => row.Destination)
            .ToHashSet(StringComparer.Ordinal);
        var questions = Report.Dns
            .Where(row => row.Verdict == verdict && !connectedNames.Contains(row.Name))
            .GroupBy(row => (row.Name, row.Reason))
            .Select(rows => Refusal.Of([.. rows]));
        return [.. connections.Concat(questions).OrderBy(r => r.First)];
    }

    private List<Destination> Destinations() =>
    [
        .. Report.Connections
            .Where(row => row.Verdict == RecordedVerdict.Allowed && !ReasonText.IsLocal(row.Reason))
            .GroupBy(row => (row.Destination, row.Port))
            .Select(rows => new Destination(
                PolicyLine.Endpoint(rows.Key.Destination, rows.Key.Port),
                [.. rows.GroupBy(r => Names.Program(r.Process)).OrderByDescending(g => g.Sum(r => r.Count)).Select(g => g.Key)],
                [.. rows.Select(r => r.Step).OfType<string>().Distinct(StringComparer.Ordinal)],
                rows.Aggregate(0L, (sum, r) => Folding.Tally.Add(sum, r.BytesOut)),
                rows.Aggregate(0L, (sum, r) => Folding.Tally.Add(sum, r.BytesIn)),
                rows.Aggregate(0L, (sum, r) => Folding.Tally.Add(sum, r.Count)),
                rows.Select(r => r.Rule).FirstOrDefault(r => r is not null))),
    ];
}
