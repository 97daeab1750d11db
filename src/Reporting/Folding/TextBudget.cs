namespace Sallyport.Reporting.Folding;

/// <summary>
/// What the rows of all tables may say together, in characters: rows are bounded by number, and one line of a recording may have half a
/// mebibyte. What does not fit counts as <see cref="Reason"/>. A tenth is kept for refusals, findings and tracked files.
/// </summary>
internal sealed class TextBudget(long bytes, LossTable losses)
{
    public const string Reason = "report-text";

    private readonly long most = bytes / sizeof(char);
    private long used;

    /// <summary>Bytes in memory of what is kept.</summary>
    public long Bytes => used * sizeof(char);

    public static long Of(params ReadOnlySpan<string?> texts)
    {
        var characters = 0L;
        foreach (var text in texts)
        {
            characters += text?.Length ?? 0;
        }

        return characters;
    }

    /// <summary>Whether so many characters can be taken; for whoever can make room.</summary>
    public bool HasRoom(long characters, bool isImportant = false) => used + characters <= (isImportant ? most : most - (most / 10));

    /// <returns>False when there is no room: it is counted, and must not be kept.</returns>
    public bool TryTake(long characters, bool isImportant = false)
    {
        if (!HasRoom(characters, isImportant))
        {
            losses.Add(Reason, 1);
            return false;
        }

        used += characters;
        return true;
    }

    /// <summary>Takes the difference of what replaces something, and gives back what it does not need.</summary>
    public bool TryReplace(long before, long after, bool isImportant = false)
    {
        if (after > before)
        {
            return TryTake(after - before, isImportant);
        }

        GiveBack(before - after);
        return true;
    }

    /// <summary>The text that replaces another; the other where there is no room, or nothing new.</summary>
    public string? Replace(string? before, string? after, bool isImportant) =>
        after is not null && TryReplace(Of(before), after.Length, isImportant) ? after : before;

    public void GiveBack(long characters) => used -= characters;
}
