namespace Sallyport.Policy.Reading;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestWord
{
    private const int MaxLength = 32;

    /// <summary>The closest word within two edits (Levenshtein), case ignored; null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> words)
    {
        if (written.Length is 0 or > MaxLength)
        {
            return null;
        }
        (string? word, int distance) = words.Where(word => word.Length <= MaxLength)
            .Select(word => ((string?)word, Distance(written, word)))
            .DefaultIfEmpty((null, int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Min(2, (written.Length + 1) / 2) ? word : null;
    }

    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                bool same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }
        return row[right.Length];
    }
}
