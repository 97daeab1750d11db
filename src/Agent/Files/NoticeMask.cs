using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Files;

/// <summary>Bits of a fanotify event.</summary>
internal static class NoticeMask
{
    internal const ulong MovedTo = 0x80;
    private const ulong Modified = 0x2;
    private const ulong Attributes = 0x4;
    private const ulong ClosedAfterWriting = 0x8;
    private const ulong MovedFrom = 0x40;

    /// <summary>Somebody who had it open to read it has closed it. Not of whole file systems: it would be told of everything.</summary>
    internal const ulong ClosedAfterReading = 0x10;
    private const ulong Created = 0x100;
    private const ulong Deleted = 0x200;
    private const ulong Folder = 0x4000_0000;

    /// <summary>What a group is to be told.</summary>
    internal const ulong All =
        Modified | Attributes | ClosedAfterWriting | MovedFrom | MovedTo | Created | Deleted | Folder;

    internal static SourceWritingKind KindOf(ulong mask) =>
        When(mask, Modified, SourceWritingKind.Written)
        | When(mask, Attributes, SourceWritingKind.Attributes)
        | When(mask, ClosedAfterWriting, SourceWritingKind.Closed)
        | When(mask, MovedTo | Created, SourceWritingKind.Placed)
        | When(mask, MovedFrom | Deleted, SourceWritingKind.Removed);

    /// <summary>Content or name of it may be another, and not only its reading was told.</summary>
    internal static bool Writes(ulong mask) => (mask & (Modified | ClosedAfterWriting | MovedTo | Created)) != 0;

    /// <summary>It was done to a folder.</summary>
    internal static bool IsOfFolder(ulong mask) => (mask & Folder) != 0;

    /// <summary>Its name is no longer that.</summary>
    internal static bool TakesAway(ulong mask) => (mask & MovedFrom) != 0;

    /// <summary>It has that name from here on.</summary>
    internal static bool Places(ulong mask) => (mask & (MovedTo | Created)) != 0;

    /// <summary>One word for it; null for what changes no content and no name.</summary>
    internal static string? ChangeOf(ulong mask) =>
        (mask & Created) != 0 ? "created"
        : (mask & MovedTo) != 0 ? "renamed"
        : (mask & (Deleted | MovedFrom)) != 0 ? "removed"
        : (mask & Modified) != 0 ? "written"
        : null;

    private static SourceWritingKind When(ulong mask, ulong bits, SourceWritingKind kind) =>
        (mask & bits) != 0 ? kind : SourceWritingKind.None;
}
