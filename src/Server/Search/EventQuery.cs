namespace Sallyport.Server.Search;

/// <summary>A search: which jobs of the last days did this.</summary>
/// <param name="Subject">What <paramref name="Value"/> is.</param>
/// <param name="Value">Compared as it is, case apart for hashes and names.</param>
/// <param name="Days">How far back, 1 to <see cref="MaximumDays"/>, by the day on which a job was registered (UTC).</param>
/// <param name="Owner">One organisation; null for all that the viewer may look into.</param>
/// <param name="Repository">One repository's name without its owner; null for all.</param>
internal sealed record EventQuery(EventSubject Subject, string Value, int Days, string? Owner = null, string? Repository = null)
{
    public const int MaximumDays = 3650;

    public const int MaximumCharacters = 4096;

    /// <summary>Reads what a person or a program asked.</summary>
    /// <returns>Null, with the mistake.</returns>
    public static EventQuery? TryRead(
        string? subject, string? value, int? days, string? owner, string? repository, out string? mistake)
    {
        mistake = null;
        if (!Enum.TryParse<EventSubject>(subject, ignoreCase: true, out var what) || !Enum.IsDefined(what) || char.IsAsciiDigit(subject![0]))
        {
            mistake = "'what' is one of hash, program, destination, name, path.";
        }
        else if (string.IsNullOrWhiteSpace(value) || value.Length > MaximumCharacters || value.Contains('\0', StringComparison.Ordinal))
        {
            mistake = $"'value' has 1 to {MaximumCharacters} characters, and no NUL.";
        }
        else if (what == EventSubject.Hash && (value.Length != 64 || !value.All(char.IsAsciiHexDigit)))
        {
            mistake = "A hash is SHA-256: 64 hexadecimal digits.";
        }
        else if (days is < 1 or > MaximumDays)
        {
            mistake = $"'days' is a number from 1 to {MaximumDays}.";
        }

        return mistake is null
            ? new EventQuery(what, value!.Trim(), days ?? 90, Empty(owner)?.ToLowerInvariant(), Empty(repository))
            : null;
    }

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
