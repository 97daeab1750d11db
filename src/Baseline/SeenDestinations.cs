using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Baseline;

/// <summary>The destinations of a report that leave the machine.</summary>
public static class SeenDestinations
{
    /// <summary>Reasons of flows that are no egress of the job's own.</summary>
    private static readonly ImmutableArray<string> Local = ["loopback", "own-container", "resolver", "reply", "name-service"];

    /// <summary>False for a flow that is no egress of the job's own.</summary>
    public static bool IsEgress(ConnectionDocument connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return !Local.Contains(connection.Reason);
    }

    /// <summary>Each destination once per step and process, in the order of the report.</summary>
    /// <param name="report">Of one run.</param>
    public static ImmutableArray<SeenDestination> Of(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var executables = report.Processes.DistinctBy(process => process.Id)
            .ToDictionary(process => process.Id, process => process.Exe, StringComparer.Ordinal);
        return
        [
            .. report.Connections
                .Where(IsEgress)
                .Select(connection => new SeenDestination(
                    connection.Protocol,
                    connection.Destination,
                    connection.Port,
                    connection.Step,
                    connection.Process is { } process ? executables.GetValueOrDefault(process) : null,
                    connection.Verdict == RecordedVerdict.Refused))
                .Distinct(),
        ];
    }
}
