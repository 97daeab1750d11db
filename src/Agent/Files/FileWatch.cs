using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Core.Sources;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Files;

/// <summary>
/// Watches what is done to files while the job runs, on a thread of its own: reads what the kernel tells, looks at once, and
/// judges a moment later, when the rings have said who the writer was.
/// </summary>
internal sealed unsafe class FileWatch : IDisposable
{
    /// <summary>Reason of the loss: the kernel's queue was full, each time.</summary>
    private const string QueueLoss = "file-queue";

    /// <summary>Reason of the loss: files, folders or trees past the bounds.</summary>
    private const string TrackedLoss = "files-tracked";

    /// <summary>Reason of the loss: changes that the draining thread had no room for, or the thread did not come to an end.</summary>
    private const string WatchLoss = "file-watch";

    /// <summary>Reason of the loss: more files at once than are held until their writer is known.</summary>
    private const string ActivityLoss = "file-activities";

    /// <summary>Reason of the loss: file systems that were mounted in the watched places, and are not told of from their beginning.</summary>
    private const string MountLoss = "files-mounted";

    /// <summary>Reason of the loss: settings for later steps past the bounds.</summary>
    private const string LaterLoss = "later-settings";

    private const int MostChanges = 16_384;
    private const int MostTold = 131_072;
    private const int Watched = 3;
    private const int BusyMs = 4;
    private const int IdleMs = 100;

    /// <summary>
    /// After notices that are of no tracked file: what a writer repeats meanwhile the kernel puts together, and it wakes nobody for it.
    /// </summary>
    private const int RestMs = 2;

    /// <summary>As the draining thread: a job that keeps every processor busy must not keep us from looking.</summary>
    private const int Priority = -10;
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(5);

    private readonly FileGroup group;
    private readonly SourceWatch sources;
    private readonly FileActivities activities;
    private readonly CommandFiles commands;
    private readonly WorkTreeFinder finder;
    private readonly MountWatch mounts;
    private readonly LaterMounts later;
    private readonly ConcurrentQueue<SourceChange> changes = new();
    private readonly ConcurrentQueue<FileActivity> told = new();
    private readonly ConcurrentQueue<LaterSetting> settings = new();
    private readonly DescriptorPipe stop = DescriptorPipe.Open();
    private readonly Thread thread;
    private readonly int own = Environment.ProcessId;
    private long queueLost;
    private long changesLost;
    private long queueTold;
    private long trackedTold;
    private long activitiesTold;
    private long forgottenTold;
    private long settingsTold;
    private long mountsTold;
    private bool ended;

    private FileWatch(FileGroup group, KernelObject kernel, FileWatchOptions options, string? unseen)
    {
        this.group = group;
        Unseen = unseen;
        Writers = new Writers(new TrustedPrograms(options.Tools));
        finder = new WorkTreeFinder([.. options.Folders.Select(FileWatchOptions.Nearest), .. TemporaryFiles.Places]);
        sources = new SourceWatch(group, kernel, Writers, options, finder, Take);
        activities = new FileActivities(kernel, Writers, finder, options.Folders, Take);
        commands = new CommandFiles(group, kernel, Writers, options.RunnerWork, settings.Enqueue); // which bounds them
        mounts = new MountWatch();
        later = new LaterMounts(group, finder, [.. options.Folders, .. TemporaryFiles.Places]);
        thread = new Thread(Run) { Name = "files", IsBackground = true };
        thread.Start();
    }

    /// <summary>Is told of processes by the draining thread.</summary>
    internal Writers Writers { get; }

    /// <summary>Which of the places are not seen, as a sentence; null when all are.</summary>
    internal string? Unseen { get; }

    /// <summary>
    /// From here on nothing that is written is missed, but for <see cref="Unseen"/>. Gives null, and why, where the kernel does not
    /// tell of the folder that the job works in.
    /// </summary>
    internal static FileWatch? TryBegin(KernelObject kernel, FileWatchOptions options, out string? failure)
    {
        failure = null;
        var group = FileGroup.TryOpen();
        if (group is null)
        {
            failure = $"files: changes of files are not seen: fanotify: {FileGroup.LastFailure}";
            return null;
        }

        var refused = new List<string>();
        foreach (var folder in options.Folders.Concat(TemporaryFiles.Places))
        {
            if (!group.TryMark(FileWatchOptions.Nearest(folder)))
            {
                refused.Add($"of {folder}: {FileGroup.LastFailure}");
                if (folder == options.Folders[0])
                {
                    failure = $"files: changes of files are not seen on the file system {refused[0]}";
                    group.Dispose();
                    return null;
                }
            }
        }

        return new FileWatch(group, kernel, options, refused is []
            ? null
            : $"files: changes of files are not seen on the file system {string.Join(", ", refused)}");
    }

    /// <summary>Hands over what was found; gives how many. Called after the rings were drained.</summary>
    internal int Drain(IFileHandler handler)
    {
        var count = 0;
        while (changes.TryDequeue(out var change))
        {
            handler.Describe(change);
            count++;
        }

        while (told.TryDequeue(out var activity))
        {
            handler.Describe(activity);
            count++;
        }

        while (settings.TryDequeue(out var setting))
        {
            handler.Describe(setting);
            count++;
        }

        Lose(handler, LaterLoss, commands.Overflow, ref settingsTold);
        Lose(handler, ActivityLoss, activities.Overflow + Writers.BegunLost, ref activitiesTold);
        Lose(handler, Detectors.LossReason, activities.Forgotten, ref forgottenTold);
        Lose(handler, QueueLoss, Interlocked.Read(ref queueLost), ref queueTold);
        Lose(handler, TrackedLoss, sources.Overflow, ref trackedTold);
        Lose(handler, MountLoss, later.Overflow, ref mountsTold);
        return count;
    }

    /// <summary>The job has ended and the rings are empty: takes what is left, and looks at every file once more.</summary>
    internal void Finish(IFileHandler handler)
    {
        if (End())
        {
            _ = Drain(handler);
        }
        else
        {
            handler.Lose(WatchLoss, 1);
        }

        if (changesLost > 0)
        {
            handler.Lose(WatchLoss, changesLost);
        }
    }

    public void Dispose()
    {
        if (End())
        {
            sources.Dispose();
            commands.Dispose();
            finder.Dispose();
            mounts.Dispose();
            group.Dispose();
        }

        stop.Dispose();
    }

    /// <summary>False when the thread hangs in a file of the job's: it is left alone then, with what it uses.</summary>
    private bool End()
    {
        if (!ended)
        {
            ended = true;
            stop.TakeWriter().Dispose();
        }

        return thread.Join(AtTheEnd);
    }

    private static void Lose(IFileHandler handler, string reason, long count, ref long told)
    {
        if (count > told)
        {
            handler.Lose(reason, count - told);
            told = count;
        }
    }

    private void Take(SourceChange change)
    {
        if (changes.Count < MostChanges)
        {
            changes.Enqueue(change);
        }
        else
        {
            changesLost++;
        }
    }

    private void Take(FileActivity activity)
    {
        if (told.Count < MostTold)
        {
            told.Enqueue(activity);
        }
        else
        {
            changesLost++;
        }
    }

    private void Run()
    {
        _ = Interop.Libc.setpriority(0, 0, Priority);
        Try(() => later.TakeLayers(mounts.First, mounts.First));
        Try(sources.Begin);
        while (true)
        {
            var isOver = Wait(sources.IsWaiting || activities.IsWaiting || commands.IsWaiting ? BusyMs : IdleMs, out var isMounted);
            if (isMounted)
            {
                _ = ReadAll(); // of what was mounted until now
                Try(TakeMounts);
            }

            var rests = ReadAll();
            Try(() => sources.Tend(BootClock.NowNs(), isOver));
            Try(() => activities.Tend(BootClock.NowNs(), isOver));
            Try(() => commands.Tend(BootClock.NowNs(), isOver));
            if (isOver)
            {
                Try(() => sources.Finish(BootClock.NowNs()));
                return;
            }

            if (rests)
            {
                Rest();
            }
        }
    }

    /// <summary>True when the end was asked for.</summary>
    private bool Wait(int milliseconds, out bool isMounted)
    {
        var watched = stackalloc Interop.Libc.PollDescriptor[Watched];
        (watched[0], watched[1], watched[2]) =
            (On(stop.Reader, 0), On(group.Descriptor, Native.POLLIN), On(mounts.Descriptor, Native.POLLPRI));
        _ = Interop.Libc.poll(watched, Watched, milliseconds);
        isMounted = watched[2].Returned != 0;
        return watched[0].Returned != 0;
    }

    private void TakeMounts()
    {
        var (came, gone) = mounts.Take();
        later.Take(came, mounts.Later); // first: what is written there from here on is not to be missed
        sources.TakeMounts(came, gone, mounts.Later);
        activities.TakeMounts(came, BootClock.NowNs());
        commands.TakeMounts(came, BootClock.NowNs());
    }

    /// <summary>True when it was about a tracked file.</summary>
    private bool Take(in FileNotice notice, long nowNs)
    {
        try
        {
            var isTracked = sources.Take(in notice);
            activities.Take(in notice, nowNs);
            commands.Take(in notice);
            return isTracked;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            changesLost++;
            return true;
        }
    }

    /// <summary>
    /// What is read here somebody else wrote, and may be what nobody thought of: it is told as lost then, and does not end the agent.
    /// </summary>
    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            changesLost++;
        }
    }

    /// <summary>Waits for the end alone: nobody who writes has to wake us.</summary>
    private void Rest()
    {
        var end = On(stop.Reader, 0);
        _ = Interop.Libc.poll(&end, 1, RestMs);
    }

    private static Interop.Libc.PollDescriptor On(SafeFileHandle file, short events) =>
        new() { Descriptor = (int)file.DangerousGetHandle(), Events = events };

    /// <summary>True when there were notices, and none that had to be looked at at once.</summary>
    private bool ReadAll()
    {
        var (hasRead, hasLooked) = (false, false);
        for (var hasAll = false; !hasAll;)
        {
            var nowNs = BootClock.NowNs();
            var bytes = group.Read(out hasAll);
            while (FileNotice.TryTake(ref bytes, out var notice))
            {
                if ((notice.Mask & FileNotice.Overflowed) != 0)
                {
                    _ = Interlocked.Increment(ref queueLost);
                }
                else if (notice.Pid != own)
                {
                    hasRead = true;
                    hasLooked |= Take(in notice, nowNs);
                }
            }
        }

        return hasRead && !hasLooked;
    }
}
