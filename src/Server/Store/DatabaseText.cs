namespace Sallyport.Server.Store;

/// <summary>Text that a job or a person wrote, as a column takes it.</summary>
internal static class DatabaseText
{
    private const int CommentCharacters = 500;

    /// <summary>Why a version was saved; null when nothing is said.</summary>
    public static string? Comment(string? text) => string.IsNullOrEmpty(text) ? null : Clean(text, CommentCharacters);

    /// <summary>Without what PostgreSQL's text cannot hold (NUL, half a surrogate pair), and cut.</summary>
    public static string Clean(string text, int length)
    {
        var isClean = text.Length <= length && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !text.Contains('\0', StringComparison.Ordinal);
        if (isClean)
        {
            return text;
        }

        var kept = new System.Text.StringBuilder(Math.Min(text.Length, length));
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > length)
            {
                break;
            }

            if (rune.Value != 0)
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }
}
