using System.Collections.Immutable;

namespace Sallyport.Policy.Reading;

/// <summary>Collects mistakes. Bounded by <see cref="Max"/>; what is beyond is counted and said in one last mistake.</summary>
internal sealed class MistakeList
{
    public const int Max = 200;

    private readonly List<PolicyMistake> mistakes = [];
    private int beyond;

    public bool IsEmpty => mistakes.Count == 0;

    public void Add(PolicyMistake mistake)
    {
        if (mistakes.Count < Max)
        {
            mistakes.Add(mistake);
        }
        else
        {
            beyond++;
        }
    }

    public ImmutableArray<PolicyMistake> ToImmutable(IReadOnlyList<PolicySource> sources)
    {
        // Order of sources, then of places; a stable sort keeps the order of discovery for equal places.
        var order = sources.Select((source, index) => (source.Name, index))
            .DistinctBy(pair => pair.Name)
            .ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        IEnumerable<PolicyMistake> sorted = mistakes
            .OrderBy(mistake => order.GetValueOrDefault(mistake.Source, int.MaxValue))
            .ThenBy(mistake => mistake.Line)
            .ThenBy(mistake => mistake.Column);
        return beyond == 0 ? [.. sorted]
            : [.. sorted, new PolicyMistake(mistakes[^1].Source, 0, 0, "", $"{beyond} more mistakes", "a document with none")];
    }
}
