using System.Collections.Immutable;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Sinks;

/// <summary>What a run reached, or tried to, that an earlier one did not.</summary>
internal static class NewDestinations
{
    internal static ImmutableArray<string> Of(ReportDocument report, ReportDocument baseline)
    {
        var known = baseline.Connections.Select(Key).ToHashSet(StringComparer.Ordinal);
        return [.. report.Connections.Select(Key).Where(key => !known.Contains(key)).Distinct()];
    }

    private static string Key(ConnectionDocument connection) =>
        FormattableString.Invariant($"{connection.Protocol}://{connection.Destination}:{connection.Port}");
}
