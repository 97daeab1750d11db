using System.Collections.Immutable;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Files;

/// <summary>
/// What processes of the job do to files in the watched places. Each thing waits until the rings have said who had its pid, is
/// put together with its like, and is written out every second. Used by one thread alone.
/// </summary>
internal sealed class FileActivities(
    KernelObject kernel, Writers writers, WorkTreeFinder finder, ImmutableArray<string> places, Action<FileActivity> tell)
{
    private const int MostPending = 65_536;
    private const int Rounds = 2;
    private const long FlushNs = 1_000_000_000;

    /// <summary>What was done to a program before it began is told by then.</summary>
    private const int RoundsOfPrograms = 2 * Rounds;

    private readonly JobTasks tasks = new(kernel);
    private readonly NewNames newNames = new(finder);
    private readonly FolderPaths folders = new(finder, [.. places, .. TemporaryFiles.Places]);
    private readonly Queue<Pending> pending = new();
    private readonly FileLedger ledger = new();
    private readonly TemporaryFiles temporary = new();
    private long flushedNs;
    private long dropped;
    private long forgotten;

    /// <summary>Things that had no place.</summary>
    internal long Overflow => Interlocked.Read(ref dropped);

    /// <summary>Files in temporary folders of which nobody is told any more.</summary>
    internal long Forgotten => Interlocked.Read(ref forgotten);

    internal bool IsWaiting => pending.Count > 0;

    /// <summary>Something was mounted over a watched place, or over a folder of the agent's. By whom is not told.</summary>
    internal void TakeMounts(List<Mount> mounts, long nowNs)
    {
        folders.LookAgain();
        foreach (var path in mounts.Select(mount => mount.Path))
        {
            if (FolderPaths.IsBelow(places, path) || AgentPaths.AreCoveredBy(path))
            {
                ledger.Add(path, 0, "mounted", nowNs);
            }
        }
    }

    internal void Take(in FileNotice notice, long nowNs)
    {
        if (NoticeMask.IsOfFolder(notice.Mask))
        {
            folders.Take(in notice);
        }

        // A new folder says nothing by itself; one that is gone stands for what was in it.
        if ((NoticeMask.IsOfFolder(notice.Mask) && NoticeMask.ChangeOf(notice.Mask) == "created")
            || NoticeMask.ChangeOf(notice.Mask) is not { } change || folders.PathOf(in notice, out var isWatched) is not { } path
            || !tasks.IsOrWasOfJob((uint)notice.Pid))
        {
            return;
        }

        if (pending.Count >= MostPending)
        {
            _ = Interlocked.Increment(ref dropped);
            return;
        }

        if (!isWatched && NoticeMask.Places(notice.Mask) && newNames.IsOfImage(in notice))
        {
            return;
        }

        (change, var target) = change == "created" ? newNames.Of(in notice) : (change, null);
        pending.Enqueue(new Pending(path, isWatched, change, target, (uint)notice.Pid, nowNs, writers.Drains));
    }

    internal void Tend(long nowNs, bool isOver)
    {
        while (pending.TryPeek(out var next) && (isOver || writers.Drains >= next.Round + Rounds))
        {
            _ = pending.Dequeue();
            Judge(in next);
        }

        while (writers.TryTakeBegun(RoundsOfPrograms, isOver, out var program))
        {
            temporary.Run(ledger, program);
        }

        _ = Interlocked.Exchange(ref forgotten, temporary.Overflow);
        if (isOver || ledger.IsFull || nowNs - flushedNs >= FlushNs)
        {
            flushedNs = nowNs;
            foreach (var activity in ledger.IsEmpty ? [] : ledger.Take())
            {
                tell(activity);
            }
        }
    }

    private void Judge(in Pending next)
    {
        var process = writers.Find(next.Pid, out var container);
        process = process != 0 ? process : tasks.ProcessOf(next.Pid);
        var inner = container?.ToContainer(next.Path);
        if (!next.IsWatched ? inner is not null && OpenFolders.HaveInContainer(inner)
            : OpenFolders.Have(next.Path) && !FolderPaths.IsBelow(places, next.Path) && !RunnerFiles.Have(next.Path))
        {
            temporary.Take(ledger, next.Path, process, next.Change, next.BootTimeNs, inner);
        }
        else if (next.IsWatched)
        {
            ledger.Add(next.Path, process, next.Change, next.BootTimeNs, next.Target, inner); // of the job in any case, though 0 is nobody
        }
    }

    private readonly record struct Pending(
        string Path, bool IsWatched, string Change, string? Target, uint Pid, long BootTimeNs, long Round);
}
