using Sallyport.Protocol.DenyLists;

namespace Sallyport.Server.DenyLists;

/// <summary>A version as it is shown.</summary>
/// <param name="List">What was signed; null when the row is not as it was written.</param>
/// <param name="Changes">Against the one before.</param>
internal sealed record DenyListVersion(DenyListRow Row, DenyList? List, IReadOnlyList<string> Changes)
{
    /// <summary>Versions, the latest first, each opened once.</summary>
    /// <param name="count">Those that are wanted; of one more the changes of the last are told.</param>
    public static IReadOnlyList<DenyListVersion> Of(IEnumerable<DenyListRow> rows, int count)
    {
        var opened = rows.Select(row => (Row: row, List: row.Open())).ToList();
        return [.. opened.Take(count).Select((one, at) => new DenyListVersion(one.Row, one.List, ChangesOf(one.List, opened.ElementAtOrDefault(at + 1).List)))];
    }

    private static IReadOnlyList<string> ChangesOf(DenyList? list, DenyList? before) => list is null
        ? ["not as it was written: its signature is not valid"]
        : DenyListText.Changes(before?.Entries ?? [], list.Entries);
}
