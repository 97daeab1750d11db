using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dns-many-names</c>: a job asks for very many names below one wildcard, or below one zone that no rule names. Who answers for
/// the zone reads them, so a zone that somebody else controls carries data out in labels (CVE-2026-32947). Once for each; bounded by
/// <see cref="MostRules"/> and <see cref="MostZones"/> of <see cref="Limit"/> names, for the length of the job.
/// </summary>
internal sealed class ManyNamesDetector : IDetector
{
    /// <summary>Names below one wildcard that no ordinary build has: the largest package mirrors have a few dozen.</summary>
    internal const int Limit = 100;

    internal const int MostRules = 512;
    internal const int MostZones = 8192;

    private readonly Dictionary<int, string> wildcards = [];
    private readonly Dictionary<int, HashSet<string>> ofRules = [];
    private readonly Dictionary<string, HashSet<string>> ofZones = new(StringComparer.Ordinal);

    /// <summary>Names below wildcards and zones past the bounds.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case RecordingStarted started:
                foreach (var rule in started.Rules.Where(rule => rule.Text.Contains("*.", StringComparison.Ordinal)))
                {
                    _ = wildcards.TryAdd(rule.Number, rule.Text);
                }

                break;
            case NameAsked { Rule: { } number } asked when wildcards.TryGetValue(number, out var wildcard):
                if (IsLimit(ofRules, number, MostRules, asked.Name))
                {
                    Tell(asked, wildcard, ("rule", wildcard), sink);
                }

                break;
            case NameAsked { Rule: null } asked when OwnedZone.Of(asked.Name) is { } zone:
                if (IsLimit(ofZones, zone, MostZones, asked.Name))
                {
                    Tell(asked, zone, ("zone", zone), sink);
                }

                break;
        }
    }

    /// <summary>Whether it is the name by which there are very many.</summary>
    private bool IsLimit<T>(Dictionary<T, HashSet<string>> names, T key, int most, string name)
        where T : notnull
    {
        if (!names.TryGetValue(key, out var known))
        {
            if (names.Count >= most)
            {
                Overflow++;
                return false;
            }

            names[key] = known = new HashSet<string>(StringComparer.Ordinal);
        }

        return known.Count < Limit && known.Add(name) && known.Count == Limit;
    }

    private static void Tell(NameAsked asked, string below, (string, string?) what, IEventSink<RecordedEvent> sink)
    {
        var count = Limit.ToString(CultureInfo.InvariantCulture);
        sink.Accept(Finding.Of(
            FindingCatalogue.ManyNames,
            asked,
            asked.Process,
            asked.Step,
            asked.Verdict == RecordedVerdict.Refused,
            what,
            ("names", count),
            ("latest", asked.Name)) with
        {
            Title = $"{count} different names below {below} were asked for: names can carry data out",
        });
    }
}
