using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dns-many-names</c>: a job asks for very many names below one wildcard. Who answers for the zone reads them, so a zone
/// that somebody else controls carries data out in labels (CVE-2026-32947). Once per rule; bounded by
/// <see cref="MostRules"/> rules of <see cref="Limit"/> names, for the length of the job.
/// </summary>
internal sealed class ManyNamesDetector : IDetector
{
    /// <summary>Names below one wildcard that no ordinary build has: the largest package mirrors have a few dozen.</summary>
    internal const int Limit = 100;

    private const int MostRules = 512;
    private readonly Dictionary<int, string> wildcards = [];
    private readonly Dictionary<int, HashSet<string>> names = [];

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
                Count(number, wildcard, asked, sink);
                break;
        }
    }

    private void Count(int number, string wildcard, NameAsked asked, IEventSink<RecordedEvent> sink)
    {
        if (!names.TryGetValue(number, out var known))
        {
            if (names.Count >= MostRules)
            {
                return;
            }

            names[number] = known = new HashSet<string>(StringComparer.Ordinal);
        }

        if (known.Count >= Limit || !known.Add(asked.Name) || known.Count < Limit)
        {
            return;
        }

        sink.Accept(new FindingRaised(
            FindingCatalogue.ManyNames.Id,
            $"{Limit.ToString(CultureInfo.InvariantCulture)} different names below {wildcard} were asked for: names can carry data out",
            FindingCatalogue.ManyNames.Severity,
            "reported",
            ImmutableDictionary<string, string>.Empty
                .Add("rule", wildcard)
                .Add("names", Limit.ToString(CultureInfo.InvariantCulture))
                .Add("latest", asked.Name),
            asked.Process,
            asked.Step)
        {
            BootTimeNs = asked.BootTimeNs,
            Execution = asked.Execution,
        });
    }
}
