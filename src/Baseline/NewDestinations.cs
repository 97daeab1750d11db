using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Report;

namespace Sallyport.Baseline;

/// <summary>What a run reached, or tried to, that earlier ones did not.</summary>
public static class NewDestinations
{
    /// <summary>The report with each row of egress marked as new or known; other rows stay unmarked.</summary>
    /// <param name="report">Of the run.</param>
    /// <param name="isKnown">Of a row of egress; null leaves it unmarked.</param>
    public static ReportDocument Mark(ReportDocument report, Func<ConnectionDocument, bool?> isKnown)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(isKnown);
        return report with
        {
            Connections =
            [
                .. report.Connections.Select(connection => SeenDestinations.IsEgress(connection)
                    ? connection with { New = !isKnown(connection) }
                    : connection),
            ],
        };
    }

    /// <summary>The same against the report of one earlier run.</summary>
    /// <param name="report">Of the run.</param>
    /// <param name="baseline">Of the earlier one.</param>
    public static ReportDocument Mark(ReportDocument report, ReportDocument baseline)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        var known = baseline.Connections.Select(Key).ToHashSet(StringComparer.Ordinal);
        return Mark(report, connection => known.Contains(Key(connection)));
    }

    /// <summary>
    /// The same against what earlier runs reached, as a server knows it: of more than <see cref="BaselineAnswer.MaximumOfJob"/> destinations
    /// those that a server does not take stay unmarked.
    /// </summary>
    /// <param name="report">Of the run.</param>
    /// <param name="known">Each as in <c>tcp://example.com:443</c>.</param>
    public static ReportDocument Mark(ReportDocument report, IReadOnlySet<string> known)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(known);
        var compared = report.Connections.Where(SeenDestinations.IsEgress)
            .Select(connection => (connection.Protocol, connection.Destination, connection.Port)).Distinct()
            .OrderBy(key => key.Protocol, StringComparer.Ordinal).ThenBy(key => key.Destination, StringComparer.Ordinal).ThenBy(key => key.Port)
            .Take(BaselineAnswer.MaximumOfJob).ToHashSet();
        return Mark(report, connection => compared.Contains((connection.Protocol, connection.Destination, connection.Port))
            ? known.Contains(Key(connection))
            : null);
    }

    /// <summary>The marked ones, each once.</summary>
    /// <param name="report">That was marked.</param>
    public static IReadOnlyList<string> Of(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. report.Connections.Where(connection => connection.New == true).Select(Key).Distinct(StringComparer.Ordinal)];
    }

    private static string Key(ConnectionDocument connection) =>
        FormattableString.Invariant($"{connection.Protocol}://{connection.Destination}:{connection.Port}");
}
