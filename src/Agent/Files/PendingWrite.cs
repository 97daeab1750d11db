using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Files;

/// <summary>Something that was done to a file, or an index that was read, until it is known who did it.</summary>
/// <param name="BootTimeNs">When we read of it.</param>
/// <param name="Round">How often the rings had been drained by then.</param>
internal sealed record PendingWrite(long BootTimeNs, long Round)
{
    /// <summary>Null when an index was read.</summary>
    internal SourceFile? File { get; init; }

    internal uint Pid { get; init; }

    internal SourceWritingKind Kind { get; init; }

    /// <summary>Boot time of the file's last change; 0 when nobody looked.</summary>
    internal long ChangedNs { get; init; }

    /// <summary>The file just after; null when git was at it.</summary>
    internal SourceSnapshot? Seen { get; init; }

    internal SourceTree? Tree { get; init; }

    internal List<GitIndexEntry>? Entries { get; init; }
}
