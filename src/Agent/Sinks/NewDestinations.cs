using Sallyport.Baseline;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Sinks;

/// <summary>What a run reached, or tried to, that an earlier one did not.</summary>
internal static class NewDestinations
{
    /// <summary>The report with each row of egress marked as new or known; other rows stay unmarked.</summary>
    internal static ReportDocument Mark(ReportDocument report, ReportDocument baseline)
    {
        var known = baseline.Connections.Select(Key).ToHashSet(StringComparer.Ordinal);
        return report with
        {
            Connections =
            [
                .. report.Connections.Select(connection => SeenDestinations.IsEgress(connection)
                    ? connection with { New = !known.Contains(Key(connection)) }
                    : connection),
            ],
        };
    }

    /// <summary>The marked ones, each once.</summary>
    internal static IReadOnlyList<string> Of(ReportDocument report) =>
        [.. report.Connections.Where(connection => connection.New == true).Select(Key).Distinct(StringComparer.Ordinal)];

    private static string Key(ConnectionDocument connection) =>
        FormattableString.Invariant($"{connection.Protocol}://{connection.Destination}:{connection.Port}");
}
