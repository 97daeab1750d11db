using System.Collections.Immutable;

namespace Sallyport.Baseline;

/// <summary>What is normal for one job.</summary>
/// <param name="Job">Name of the job; the caller decides what tells jobs apart (workflow and job, matrix left out).</param>
/// <param name="Runs">Runs that taught it.</param>
/// <param name="Destinations">Sorted by host, port, protocol.</param>
public sealed record JobBaseline(string Job, long Runs, ImmutableArray<KnownDestination> Destinations)
{
    /// <summary>Destinations of one job; beyond it nothing is learned, so it stays new.</summary>
    public const int MaxDestinations = 20_000;

    /// <summary>Characters of a host, step or process that are kept.</summary>
    public const int MaxTextLength = 512;

    /// <summary>The baseline of a job that never ran.</summary>
    /// <param name="job">Its name.</param>
    public static JobBaseline Empty(string job) => new(job, 0, []);

    /// <summary>The baseline after one more run.</summary>
    /// <param name="seen">Destinations of that run; what was refused teaches nothing.</param>
    public JobBaseline Learn(IEnumerable<SeenDestination> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var known = Destinations.ToDictionary(destination => destination.Key);
        foreach (IGrouping<(string, string, int), SeenDestination> group in seen
            .Where(one => !one.Refused && one.Host.Length is > 0 and <= MaxTextLength)
            .GroupBy(one => (one.Protocol, one.Host, one.Port)))
        {
            (string protocol, string host, int port) = group.Key;
            if (known.TryGetValue(group.Key, out KnownDestination? old) || known.Count < MaxDestinations)
            {
                old ??= new KnownDestination(protocol, host, port, 0, [], []);
                known[group.Key] = old with
                {
                    Runs = old.Runs + 1,
                    Steps = Unite(old.Steps, group.Select(one => one.Step)),
                    Processes = Unite(old.Processes, group.Select(one => one.Process)),
                };
            }
        }
        return this with { Runs = Runs + 1, Destinations = Sort(known.Values) };
    }

    internal static ImmutableArray<KnownDestination> Sort(IEnumerable<KnownDestination> destinations) =>
    [
        .. destinations.OrderBy(one => one.Host, StringComparer.Ordinal)
            .ThenBy(one => one.Port)
            .ThenBy(one => one.Protocol, StringComparer.Ordinal),
    ];

    private static ImmutableArray<string> Unite(ImmutableArray<string> old, IEnumerable<string?> added) =>
    [
        .. old.Concat(added.OfType<string>().Where(text => text.Length is > 0 and <= MaxTextLength))
            .Distinct(StringComparer.Ordinal)
            .Take(KnownDestination.MaxCallers)
            .Order(StringComparer.Ordinal),
    ];
}
