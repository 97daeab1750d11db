using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>A destination that an earlier run never reached or tried; its rows are one.</summary>
/// <param name="Endpoint">Name or address with port; escaped.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, …; escaped.</param>
/// <param name="Verdict">The gravest of its rows.</param>
/// <param name="Count">Flows or attempts.</param>
/// <param name="First">Of them.</param>
/// <param name="Process">Id of the process of the first.</param>
/// <param name="Step">Id of the step of the first.</param>
internal sealed record NewDestination(
    string Endpoint,
    string Protocol,
    RecordedVerdict Verdict,
    long Count,
    DateTimeOffset First,
    string? Process,
    string? Step)
{
    /// <summary>In the order of their first try.</summary>
    public static IReadOnlyList<NewDestination> Of(ReportDocument report) =>
    [
        .. report.Connections
            .Where(row => row.New == true)
            .GroupBy(row => (row.Protocol, row.Destination, row.Port))
            .Select(rows => Of([.. rows.OrderBy(row => row.First)]))
            .OrderBy(destination => destination.First),
    ];

    private static NewDestination Of(IReadOnlyList<ConnectionDocument> rows) => new(
        PolicyLine.Endpoint(rows[0].Destination, rows[0].Port),
        HostileText.Plain(rows[0].Protocol),
        rows.Any(row => row.Verdict == RecordedVerdict.Refused) ? RecordedVerdict.Refused
            : rows.Any(row => row.Verdict == RecordedVerdict.Observed) ? RecordedVerdict.Observed
            : RecordedVerdict.Allowed,
        rows.Aggregate(0L, (sum, row) => Folding.Tally.Add(sum, row.Count)),
        rows[0].First,
        rows[0].Process,
        rows[0].Step);
}
