using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Sources;

/// <summary>
/// The tracked files of a job's work trees: takes what processes do to them, in order, and tells when somebody other than git
/// changed one. The baseline of a file that is known changes only when git itself wrote the file: an index that names other
/// content for it changes nothing. Not safe for use by several threads at once.
/// </summary>
public sealed class SourceBook(ISourceReader reader, Action<SourceChange> tell)
{
    /// <summary>Files over all trees.</summary>
    public const int MostFiles = 200_000;

    /// <summary>Trees.</summary>
    public const int MostTrees = 256;

    /// <summary>Characters of the paths of all files.</summary>
    internal const int MostText = 32 << 20;

    /// <summary>How long a writer may have a file open before it is looked at anyway.</summary>
    internal const long OpenNs = 200_000_000;

    /// <summary>How long after git wrote to a file its index is waited for.</summary>
    internal const long IndexNs = 1_000_000_000;

    private readonly Dictionary<string, SourceTree> trees = new(StringComparer.Ordinal);
    private readonly HashSet<SourceFile> waiting = [];
    private readonly SourceContent content = new(reader);
    private long text;

    /// <summary>Files that are known.</summary>
    public int Count { get; private set; }

    /// <summary>Files and trees that had no place, and changes of a file by more processes than are told.</summary>
    public long Overflow { get; private set; }

    /// <summary>Every tree.</summary>
    public IReadOnlyCollection<SourceTree> Trees => trees.Values;

    /// <summary>The tree of an index; null when there are too many.</summary>
    public SourceTree? FindOrAdd(string root, string gitFolder, GitHash hash)
    {
        if (!trees.TryGetValue(gitFolder, out var tree) && trees.Count >= MostTrees)
        {
            Overflow++;
            return null;
        }

        return trees[gitFolder] = tree ?? new SourceTree(root, gitFolder, hash);
    }

    /// <summary>All files of all trees.</summary>
    public IEnumerable<SourceFile> Files => trees.Values.SelectMany(tree => tree.Files.Values);

    /// <summary>The file at a place of a tree, or null.</summary>
    public static SourceFile? Find(SourceTree tree, string path)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.Files.GetValueOrDefault(path);
    }

    /// <summary>Takes a file that an index names, when the tree does not know it yet; null when there is no room.</summary>
    public SourceFile? Add(SourceTree tree, in GitIndexEntry entry)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (Count >= MostFiles || text + entry.Path.Length > MostText)
        {
            Overflow++;
            return null;
        }

        Count++;
        text += entry.Path.Length;
        return tree.Files[entry.Path] = new SourceFile(tree, entry.Path, entry.Id, StampOf(in entry));
    }

    /// <summary>
    /// An index was read again: it says what git put into the files that git wrote. Not where the file is another than the index
    /// says and nobody changed it since git did: `git stash pop` leaves content that no index names, and two indexes may
    /// have followed each other before one was read. What git left is looked at a moment later then.
    /// </summary>
    /// <param name="file">One that the index names.</param>
    /// <param name="entry">What it says of it.</param>
    /// <param name="now">The file as it is; null when it is gone.</param>
    /// <param name="changedNs">When it became so: boot time.</param>
    public static void Confirm(SourceFile file, in GitIndexEntry entry, FileStamp? now, long changedNs)
    {
        ArgumentNullException.ThrowIfNull(file);
        var stamp = StampOf(in entry);
        if (!file.IsByGit || (now is not null && now != stamp && changedNs <= file.ByGitNs && !file.IsContested))
        {
            return;
        }

        (file.IsByGit, file.Baseline, file.Stamp) = (false, entry.Id, stamp);
    }

    /// <summary>git took a file away and out of its index.</summary>
    public void Remove(SourceFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Tree.Files.Remove(file.Path))
        {
            Count--;
            text -= file.Path.Length;
            _ = waiting.Remove(file);
        }
    }

    /// <summary>Another tree stands in its place.</summary>
    /// <param name="tree">With all of its files.</param>
    public void Remove(SourceTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (trees.Remove(tree.GitFolder))
        {
            Count -= tree.Files.Count;
            text -= tree.Files.Keys.Sum(path => (long)path.Length);
            _ = waiting.RemoveWhere(file => file.Tree == tree);
        }
    }

    /// <summary>It was so when the job began, whatever git says.</summary>
    public static void Rebase(SourceFile file, SourceSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(seen);
        (file.Baseline, file.Stamp) = (seen.Id, seen.Stamp);
    }

    /// <summary>Takes what somebody did.</summary>
    /// <param name="file">To this file.</param>
    /// <param name="by">Who, what, when.</param>
    /// <param name="seen">The file just after it; null when nobody looked.</param>
    /// <param name="nowNs">Boot time.</param>
    public void Accept(SourceFile file, SourceWriting by, SourceSnapshot? seen, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(by);
        if (by.IsTrusted)
        {
            (file.IsByGit, file.IsContested, file.ByGitNs, file.Candidate, file.Quiet) = (true, false, by.BootTimeNs, null, null);
            _ = waiting.Add(file);
            return;
        }

        file.IsContested = by.Kind != SourceWritingKind.Attributes;

        seen ??= content.Look(file);
        if (!seen.Exists)
        {
            file.Candidate = null; // what comes in its place is looked at
        }
        else if ((by.Kind & (SourceWritingKind.Closed | SourceWritingKind.Placed | SourceWritingKind.Found)) != 0)
        {
            Settle(file, by, seen);
        }
        else if ((by.Kind & SourceWritingKind.Written) != 0 || !content.IsSame(file, seen))
        {
            Suspect(file, by, seen, nowNs);
        }
        else
        {
            file.Stamp = seen.Stamp; // its times were set, by touch(1) for instance
        }
    }

    /// <summary>Looks at what was left open, and no longer waits for what did not come. To be called often.</summary>
    public void Tend(long nowNs)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        foreach (var file in waiting.Where(file => IsDue(file, nowNs)).ToList())
        {
            Release(file);
        }
    }

    /// <summary>The job has ended: looks at every file that is not as it was left.</summary>
    /// <param name="stamps">The stamp of a file as it is now; null when it is gone.</param>
    /// <param name="nowNs">Boot time.</param>
    public void Finish(Func<SourceFile, FileStamp?> stamps, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(stamps);
        foreach (var file in waiting.ToList())
        {
            Release(file);
        }

        foreach (var file in Files)
        {
            if (!file.IsTold && stamps(file) is { } stamp && stamp != file.Stamp)
            {
                Accept(file, new SourceWriting(0, 0, nowNs, false, SourceWritingKind.Found), null, nowNs);
            }
        }
    }

    private static FileStamp StampOf(in GitIndexEntry entry) => new(entry.ModifiedNs, entry.ChangedNs, entry.Inode, entry.Size);

    private static bool IsDue(SourceFile file, long nowNs) =>
        (file.IsByGit && nowNs - file.ByGitNs >= IndexNs) || (file.DeadlineNs != 0 && nowNs >= file.DeadlineNs);

    private void Release(SourceFile file)
    {
        _ = waiting.Remove(file);
        var seen = content.Look(file);
        if (file.IsByGit)
        {
            file.IsByGit = false;
            if (seen.Exists)
            {
                Rebase(file, seen); // `git apply` and the like leave the index alone
            }
        }
        else if (file.Writing is { } by && seen.Exists)
        {
            Settle(file, by, seen);
        }
    }

    /// <summary>Open still. Half of what it was is no change yet: a file that is written anew passes that.</summary>
    private void Suspect(SourceFile file, SourceWriting by, SourceSnapshot seen, long nowNs)
    {
        if (!content.IsSame(file, seen) && !content.IsPartOf(file, seen))
        {
            file.Candidate = (by, seen);
        }

        (file.Writing, file.DeadlineNs, file.WrittenNs) = (by, nowNs + OpenNs, seen.Stamp.ModifiedNs);
        _ = waiting.Add(file);
    }

    private void Settle(SourceFile file, SourceWriting by, SourceSnapshot seen)
    {
        var candidate = file.Candidate;
        var quiet = file.Quiet;
        var isMapped = IsMapped(file, by, seen);
        // Whoever closes a descriptor last need not be who wrote through it: it may have been handed on.
        var writer = by.Kind == SourceWritingKind.Closed && !isMapped && file.Writing is { } last ? last : by;
        (file.Candidate, file.Quiet, file.Writing, file.DeadlineNs, file.WrittenNs) = (null, null, null, 0, 0);
        if (!content.IsSame(file, seen))
        {
            Tell(file, writer, seen, isPutBack: false);
            return;
        }

        if (candidate is { } other)
        {
            Tell(file, other.By, other.Seen, isPutBack: true);
        }
        else if (isMapped)
        {
            Tell(file, by, null, isPutBack: true);
        }
        else if (quiet is { } before && before.By.Process != by.Process && before.Stamp == seen.Stamp)
        {
            // Two wrote before we could look once: what the first one wrote, nobody knows.
            Tell(file, before.By, null, isPutBack: true);
        }
        else if ((by.Kind & (SourceWritingKind.Written | SourceWritingKind.Placed)) != 0)
        {
            file.Quiet = (by, seen.Stamp);
        }

        file.Stamp = seen.Stamp;
    }

    /// <summary>
    /// Written through a map: nothing is told but the end, and the kernel sets the time of it, which is then later than that of
    /// the last write that was told.
    /// </summary>
    private static bool IsMapped(SourceFile file, SourceWriting by, SourceSnapshot seen) =>
        by.Kind == SourceWritingKind.Closed
        && seen.Stamp.ModifiedNs != (file.WrittenNs != 0 ? file.WrittenNs : file.Stamp.ModifiedNs);

    private void Tell(SourceFile file, SourceWriting by, SourceSnapshot? seen, bool isPutBack)
    {
        if (!file.TryTell(by.Process, out var isFull))
        {
            Overflow += isFull ? 1 : 0;
            return;
        }

        tell(new SourceChange(
            file.FullPath,
            By(by.Kind),
            file.Baseline.IsNone ? null : file.Baseline.ToString(),
            seen is null || seen.Id.IsNone ? null : seen.Id.ToString(),
            seen is null ? null : content.Difference(file, seen),
            isPutBack,
            by));
    }

    private static string By(SourceWritingKind kind) =>
        (kind & SourceWritingKind.Found) != 0 ? "found"
        : (kind & SourceWritingKind.Covered) != 0 ? "mounted"
        : (kind & SourceWritingKind.Placed) != 0 ? "replaced"
        : "written";
}
