using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Files;

/// <summary>
/// The tracked files of the job's work trees: which notice is about one, how the file is just then, and, when the writer is
/// known, what the book makes of it. Used by one thread alone.
/// </summary>
internal sealed class SourceWatch : IDisposable
{
    private const int MostPending = 65_536;

    /// <summary>Characters of paths, of all indexes that wait for being judged.</summary>
    private const int MostText = 16 << 20;

    /// <summary>Of submodules in submodules, whose indexes are held until the innermost is read.</summary>
    private const int MostDepth = 8;

    /// <summary>Rounds of the draining thread after which a writer that wrote before them is known.</summary>
    private const int Rounds = 2;

    private readonly FileGroup group;
    private readonly JobTasks tasks;
    private readonly Writers writers;
    private readonly FileWatchOptions options;
    private readonly WorkTreeReader reader = new();
    private readonly SourceBook book;
    private readonly TrackedPlaces places;
    private readonly WorkTreeFinder finder;
    private readonly Queue<PendingWrite> pending = new();
    private Queue<WorkTreePlace> found = new();
    private bool isBegun;
    private readonly long startedNs;
    private long text;
    private long dropped;

    internal SourceWatch(
        FileGroup group, KernelObject kernel, Writers writers, FileWatchOptions options, WorkTreeFinder finder, Action<SourceChange> tell)
    {
        (this.group, tasks, this.writers, this.options) = (group, new JobTasks(kernel), writers, options);
        book = new SourceBook(reader, tell);
        places = new TrackedPlaces(book, reader);
        this.finder = finder;
        startedNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100L;
    }

    /// <summary>Files, folders and trees that were not taken in, and writes that were not looked at.</summary>
    internal long Overflow => book.Overflow + places.Overflow + Interlocked.Read(ref dropped);

    internal bool IsWaiting => pending.Count > 0 || found.Count > 0;

    /// <summary>
    /// The work tree that the job starts in, and those of its submodules. Those below are taken in one after another while notices are read:
    /// an agent that begins in the middle of a job, or above several trees, finds them so.
    /// </summary>
    internal void Begin()
    {
        if (WorkTrees.Around(options.Work) is { } place)
        {
            Load(place, isStart: true);
        }

        found = new Queue<WorkTreePlace>(WorkTrees.Below(options.Work, options.WorkSince));
        isBegun = true;
    }

    /// <summary>True when it was about a tracked file, or may have been: the next such change is not to wait.</summary>
    internal bool Take(in FileNotice notice)
    {
        if ((notice.Mask & NoticeMask.MovedTo) != 0 && notice.Name.SequenceEqual("index"u8))
        {
            TakeIndex(in notice);
        }

        var file = places.Find(in notice, out var folder);
        var kind = NoticeMask.KindOf(notice.Mask);
        if (file is not null)
        {
            if ((kind & SourceWritingKind.Placed) != 0)
            {
                places.Identify(file);
            }

            Look(file, (uint)notice.Pid, kind);
        }
        else if (folder is { } renewed && (kind & SourceWritingKind.Placed) != 0)
        {
            foreach (var below in places.Renew(renewed.Tree, renewed.Path))
            {
                Look(below, (uint)notice.Pid, kind);
            }
        }

        return file is not null || folder is not null;
    }

    /// <summary>
    /// Something was mounted, or no longer is: what lies below, or is above a tree, may cover tracked files. From here on what is written
    /// there is told as well; and what was covered is looked at again.
    /// </summary>
    internal void TakeMounts(List<Mount> came, List<Mount> gone, IReadOnlyCollection<Mount> present)
    {
        var (covered, uncovered) = (Over(came).ToList(), Over(gone).ToList());
        if (covered.Count == 0 && uncovered.Count == 0)
        {
            return;
        }

        reader.Reopen(present);
        places.Uncover();
        foreach (var (tree, path) in Over(present))
        {
            places.Cover(tree, path);
        }

        foreach (var (tree, path) in covered)
        {
            if (reader.Enters(tree, path))
            {
                Mark(tree, path);
            }

            LookAt(tree, path, SourceWritingKind.Placed | SourceWritingKind.Covered);
        }

        foreach (var (tree, path) in uncovered)
        {
            LookAt(tree, path, SourceWritingKind.Found);
        }
    }

    private void LookAt(SourceTree tree, string path, SourceWritingKind kind)
    {
        foreach (var file in TrackedPlaces.FilesAt(tree, path))
        {
            Look(file, 0, kind);
        }
    }

    private void Mark(SourceTree tree, string path)
    {
        if (group.TryMark(PathOf(tree, path)))
        {
            return;
        }

        foreach (var folder in places.FoldersAt(tree, path))
        {
            if (!group.TryMarkFolder(PathOf(tree, folder)))
            {
                _ = Interlocked.Increment(ref dropped);
            }
        }
    }

    private static string PathOf(SourceTree tree, string path) => path.Length == 0 ? tree.Root : $"{tree.Root}/{path}";

    /// <summary>Which tree each mount concerns, and where: the empty path for all of it.</summary>
    private IEnumerable<(SourceTree Tree, string Path)> Over(IEnumerable<Mount> mounts) =>
        from mount in mounts
        from tree in book.Trees
        let covers = FolderPath.IsSameOrBelow(tree.Root, mount.Path) || mount.Path == "/"
        where covers || FolderPath.IsSameOrBelow(mount.Path, tree.Root)
        select (tree, covers ? string.Empty : mount.Path[(tree.Root.Length + 1)..]);

    /// <summary>Judges what has waited long enough for the rings.</summary>
    internal void Tend(long nowNs, bool isOver)
    {
        if (!isOver && found.TryDequeue(out var place) && !book.Trees.Any(tree => tree.GitFolder == place.GitFolder))
        {
            Load(place, isStart: true);
        }

        while (pending.TryPeek(out var next) && (isOver || writers.Drains >= next.Round + Rounds))
        {
            _ = pending.Dequeue();
            if (next.File is { } file)
            {
                Judge(file, next, nowNs);
            }
            else
            {
                text -= TextOf(next.Entries!);
                Confirm(next.Tree!, next.Entries!);
            }
        }

        book.Tend(nowNs);
    }

    internal void Finish(long nowNs) => book.Finish(reader.StampOf, nowNs);

    public void Dispose() => reader.Dispose();

    private void Look(SourceFile file, uint pid, SourceWritingKind kind)
    {
        if (kind == SourceWritingKind.None)
        {
            return;
        }

        if (pending.Count >= MostPending)
        {
            _ = Interlocked.Increment(ref dropped);
            return;
        }

        // While git is at work its files are not read; should it turn out that it was not git, they are looked at then.
        var seen = writers.IsTrusted(pid, 0, out _) ? null : reader.Look(file);
        pending.Enqueue(new PendingWrite(BootClock.NowNs(), writers.Drains)
        {
            File = file,
            Pid = pid,
            Kind = kind,
            Seen = seen,
            ChangedNs = seen is { Exists: true } ? seen.Stamp.ChangedNs - WallClockLead() : 0,
        });
    }

    /// <summary>How far the wall clock, which file systems stamp with, is ahead of the boot clock.</summary>
    private static long WallClockLead() =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100L - BootClock.NowNs();

    private void Judge(SourceFile file, PendingWrite write, long nowNs)
    {
        var isTrusted = writers.IsTrusted(write.Pid, write.ChangedNs, out var process);
        process = process != 0 ? process : tasks.ProcessOf(write.Pid);
        var by = new SourceWriting(process, write.Pid, write.BootTimeNs, isTrusted, write.Kind);
        book.Accept(file, by, write.Seen, nowNs);
    }

    /// <summary>git puts a new index in the place of the old one when it is done with the files.</summary>
    private void TakeIndex(in FileNotice notice)
    {
        if (tasks.IsOrWasOfJob((uint)notice.Pid)
            && finder.PathOf(notice.FolderHandle) is { } gitFolder && WorkTrees.OfIndexIn(gitFolder) is { } place)
        {
            Load(place, isStart: false);
        }
    }

    private void Load(WorkTreePlace place, bool isStart, int depth = 0)
    {
        if (book.FindOrAdd(place.Root, place.GitFolder, place.Hash) is not { } tree)
        {
            return;
        }

        if (reader.IsReplaced(tree))
        {
            // Removed, and cloned again: none of what was known there stands any more.
            places.Forget(tree);
            reader.Forget(tree);
            book.Remove(tree);
            tree = book.FindOrAdd(place.Root, place.GitFolder, place.Hash)!;
        }

        var entries = new List<GitIndexEntry>();
        var defect = WorkTrees.ReadIndex(place.GitFolder, place.Hash, SourceBook.MostFiles, entries);
        if (defect is not (GitIndexDefect.None or GitIndexDefect.NotAnIndex))
        {
            _ = Interlocked.Increment(ref dropped);
        }

        foreach (var entry in entries)
        {
            if (entry.IsSubmodule)
            {
                LoadSubmodule(place, entry.Path, isStart, depth + 1);
            }
            else if (SourceBook.Find(tree, entry.Path) is null && options.Protected.Cover(entry.Path)
                && places.Add(tree, in entry) is { } file)
            {
                Compare(file, isStart);
            }
        }

        if (isStart)
        {
            return;
        }

        var more = TextOf(entries);
        if (text + more > MostText)
        {
            _ = Interlocked.Increment(ref dropped); // what git wrote is looked at instead
        }
        else
        {
            text += more;
            pending.Enqueue(new PendingWrite(BootClock.NowNs(), writers.Drains) { Tree = tree, Entries = entries });
        }
    }

    private static long TextOf(List<GitIndexEntry> entries) => entries.Sum(entry => (long)entry.Path.Length);

    private void LoadSubmodule(WorkTreePlace place, string path, bool isStart, int depth)
    {
        if (isStart && depth <= MostDepth && WorkTrees.Around($"{place.Root}/{path}") is { } inner && inner.Root != place.Root
            && inner.Root.StartsWith(place.Root + "/", StringComparison.Ordinal))
        {
            Load(inner, isStart, depth);
        }
    }

    /// <summary>
    /// A file that is not as git left it: so it was when the job began, and is no news; or somebody changed it before we knew
    /// of it.
    /// </summary>
    private void Compare(SourceFile file, bool isStart)
    {
        if (reader.StampOf(file) is not { } stamp || stamp == file.Stamp)
        {
            return;
        }

        if (stamp.ChangedNs < startedNs)
        {
            SourceBook.Rebase(file, reader.Look(file));
        }
        else if (!isStart || isBegun)
        {
            Look(file, 0, SourceWritingKind.Found);
        }
    }

    private void Confirm(SourceTree tree, List<GitIndexEntry> entries)
    {
        var named = new HashSet<string>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            _ = named.Add(entry.Path);
            if (SourceBook.Find(tree, entry.Path) is { } file)
            {
                var stamp = file.IsByGit ? reader.StampOf(file) : null;
                SourceBook.Confirm(file, in entry, stamp, stamp is { ChangedNs: var changedNs } ? changedNs - WallClockLead() : 0);
            }
        }

        foreach (var file in tree.FilesBelow(string.Empty))
        {
            if (!named.Contains(file.Path) && reader.StampOf(file) is null)
            {
                places.Forget(file);
                book.Remove(file);
            }
        }
    }
}
