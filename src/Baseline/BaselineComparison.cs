using System.Collections.Immutable;

namespace Sallyport.Baseline;

/// <summary>Compares one run with what is known of its job. Comparing never teaches.</summary>
public static class BaselineComparison
{
    /// <summary>What is new, gravest first, then by host.</summary>
    /// <param name="baseline">Of the job; null when the job is not known, and then everything is new.</param>
    /// <param name="seen">Destinations of the run.</param>
    public static ImmutableArray<Novelty> Compare(JobBaseline? baseline, IEnumerable<SeenDestination> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var known = (baseline?.Destinations ?? []).ToDictionary(destination => destination.Key);
        return
        [
            .. seen.Select(one => (Kind: KindOf(known.GetValueOrDefault((one.Protocol, one.Host, one.Port)), one), Seen: one))
                .Where(pair => pair.Kind is not null)
                .Select(pair => new Novelty(pair.Kind!.Value, pair.Seen))
                .Distinct()
                .OrderBy(novelty => novelty.Kind)
                .ThenBy(novelty => novelty.Destination.Host, StringComparer.Ordinal)
                .ThenBy(novelty => novelty.Destination.Port),
        ];
    }

    private static NoveltyKind? KindOf(KnownDestination? known, SeenDestination seen) =>
        known is null ? NoveltyKind.Destination
            : IsNew(known.Processes, seen.Process) ? NoveltyKind.Process
            : IsNew(known.Steps, seen.Step) ? NoveltyKind.Step
            : null;

    // A destination whose callers were never known says nothing about a caller.
    private static bool IsNew(ImmutableArray<string> known, string? caller) =>
        caller is not null && known.Length is > 0 and < KnownDestination.MaxCallers && !known.Contains(caller);
}
