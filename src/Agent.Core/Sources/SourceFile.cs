using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Sources;

/// <summary>A tracked file: what git last put there, and what has happened to it since.</summary>
public sealed class SourceFile
{
    /// <summary>Processes that are told for one file.</summary>
    internal const int MostWriters = 256;

    // Bounded by MostWriters; SourceBook counts the others.
    private List<ulong>? told;

    internal SourceFile(SourceTree tree, string path, GitObjectId baseline, FileStamp stamp) =>
        (Tree, Path, Baseline, Stamp) = (tree, path, baseline, stamp);

    /// <summary>Whose it is.</summary>
    public SourceTree Tree { get; }

    /// <summary>From the root of its tree.</summary>
    public string Path { get; }

    /// <summary>Absolute.</summary>
    public string FullPath => $"{Tree.Root}/{Path}";

    /// <summary>Id of the content that git put there, or that was there when the job began.</summary>
    public GitObjectId Baseline { get; internal set; }

    /// <summary>As it was when its content was last known to be that.</summary>
    public FileStamp Stamp { get; internal set; }

    /// <summary>The file that stands there, whatever else it is called.</summary>
    public FileKey Key { get; set; }

    /// <summary>Whether a blob of it is a pointer of Git LFS; null while nobody has looked.</summary>
    public (GitObjectId Blob, bool IsPointer)? Lfs { get; set; }

    /// <summary>git wrote to it; what it wrote is known when the index is next read.</summary>
    public bool IsByGit { get; internal set; }

    /// <summary>When that was told last: boot time.</summary>
    internal long ByGitNs { get; set; }

    /// <summary>Somebody else wrote to it after git did.</summary>
    internal bool IsContested { get; set; }

    /// <summary>Other content that was seen while somebody has the file open.</summary>
    internal (SourceWriting By, SourceSnapshot Seen)? Candidate { get; set; }

    /// <summary>A write that left the content as it was, when looked at.</summary>
    internal (SourceWriting By, FileStamp Stamp)? Quiet { get; set; }

    /// <summary>Who writes to it and has it open still.</summary>
    internal SourceWriting? Writing { get; set; }

    /// <summary>Its time of modification when somebody was last seen writing to it; 0 for not since it was settled.</summary>
    internal long WrittenNs { get; set; }

    /// <summary>When to look whatever happens; 0 for not.</summary>
    internal long DeadlineNs { get; set; }

    /// <summary>Somebody was named for this file.</summary>
    internal bool IsTold => told is not null;

    /// <summary>False when this process was named for this file already, or too many were.</summary>
    /// <param name="process">The kernel's number.</param>
    /// <param name="isFull">Too many were: this one is not told.</param>
    internal bool TryTell(ulong process, out bool isFull)
    {
        told ??= [];
        var isTold = told.Contains(process);
        isFull = !isTold && told.Count >= MostWriters;
        if (isTold || isFull)
        {
            return false;
        }

        told.Add(process);
        return true;
    }
}
