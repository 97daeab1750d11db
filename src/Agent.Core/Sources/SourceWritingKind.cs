namespace Sallyport.Agent.Core.Sources;

/// <summary>What happened to a file (fanotify(7)).</summary>
[Flags]
public enum SourceWritingKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Bytes were written, or it was cut: by any call, through a descriptor of any age.</summary>
    Written = 1,

    /// <summary>A descriptor, or a map, that could write was closed.</summary>
    Closed = 2,

    /// <summary>Another file stands in its place: created, renamed to, linked, mounted over.</summary>
    Placed = 4,

    /// <summary>It was removed or renamed away.</summary>
    Removed = 8,

    /// <summary>Times, owner or mode were set.</summary>
    Attributes = 16,

    /// <summary>It was another when it was compared without being told: at the start or the end.</summary>
    Found = 32,

    /// <summary>Something was mounted over it, or over a folder of it.</summary>
    Covered = 64,
}
