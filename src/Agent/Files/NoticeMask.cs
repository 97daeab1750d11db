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
    private const ulong Created = 0x100;
    private const ulong Deleted = 0x200;

    internal static SourceWritingKind KindOf(ulong mask) =>
        When(mask, Modified, SourceWritingKind.Written)
        | When(mask, Attributes, SourceWritingKind.Attributes)
        | When(mask, ClosedAfterWriting, SourceWritingKind.Closed)
        | When(mask, MovedTo | Created, SourceWritingKind.Placed)
        | When(mask, MovedFrom | Deleted, SourceWritingKind.Removed);

    private static SourceWritingKind When(ulong mask, ulong bits, SourceWritingKind kind) =>
        (mask & bits) != 0 ? kind : SourceWritingKind.None;
}
