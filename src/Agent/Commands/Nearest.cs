namespace Sallyport.Agent.Commands;

/// <summary>The known word that somebody most likely meant.</summary>
internal static class Nearest
{
    /// <summary>Bound on the word looked at, characters.</summary>
    private const int MaximumLength = 64;

    /// <summary>Null when none is near: more than a third of the letters would have to change.</summary>
    internal static string? To(string word, IEnumerable<string> known)
    {
        var best = known.Where(_ => word.Length <= MaximumLength)
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(1, best.candidate.Length / 3) ? best.candidate : null;
    }

    /// <summary>Insertions, removals and replacements (Levenshtein).</summary>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
