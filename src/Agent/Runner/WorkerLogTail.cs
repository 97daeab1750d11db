using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Reads the worker's own log as it grows: the file that the worker holds open, by its descriptor, so that no path can
/// lead elsewhere. At 8 MB the worker goes on in a new file; that one is found the same way, and begun when the one before is read to its end.
/// Where it has done so before anybody looked, the ones before are read first (<see cref="EarlierLogs"/>): the job message stands in the first.
/// </summary>
internal sealed class WorkerLogTail(ProcessIdentity worker) : IDisposable
{
    private const string Folder = "/_diag/";
    private const string NameBegins = "Worker_";
    private const string NameEnds = ".log";

    /// <summary>Of one file, bytes; with the line that goes past it the worker ends it.</summary>
    private const long EndsAt = 8 << 20;

    /// <summary>A look is a walk through /proc: often while there is no log yet, then as often as the worker may begin another.</summary>
    private const long SearchEveryNs = 10_000_000;
    private const long LookEveryNs = 500_000_000;

    /// <summary>Bound on one reading, bytes: a log that grows faster is read in several.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>Of what is read at once: the worker ends a file at 8 MB.</summary>
    private const int MostReadings = 16 * (EarlierLogs.Most + 1);

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly Queue<FileStream> following = new(); // bounded by EarlierLogs.Most, emptied as they are begun
    private FileStream? current;
    private FileStream? next;
    private long lookedNs = long.MinValue / 2;

    /// <summary>True once a log was found.</summary>
    internal bool IsOpen => current is not null;

    /// <summary>The worker may have gone on in a file that it had closed before it was found.</summary>
    internal bool MayHaveGoneOn => current?.Length >= EndsAt;

    /// <summary>Hands over what was written since the last call.</summary>
    /// <param name="nowNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="take">The next bytes.</param>
    /// <param name="onNext">The bytes that follow are of another file.</param>
    /// <returns>True when there may be more already.</returns>
    internal bool Read(long nowNs, Action<ReadOnlyMemory<byte>> take, Action onNext)
    {
        if (current is null && !TryBegin(nowNs))
        {
            return false;
        }

        var total = ReadRest(take);
        if (total == 0 && next is null && (next = Following(nowNs)) is not null)
        {
            total = ReadRest(take); // written before the worker opened the next one, after we had looked
        }

        if (total == 0 && next is not null)
        {
            current!.Dispose();
            (current, next) = (next, null);
            onNext();
            total = ReadRest(take);
        }

        return total >= MostBytes || next is not null || following.Count > 0;
    }

    /// <summary>Hands over what is there, to the end of the file that the worker writes to now; bounded.</summary>
    internal void ReadAll(Action<ReadOnlyMemory<byte>> take, Action onNext)
    {
        for (var i = 0; i < MostReadings && (current is not null || TryBegin(0)); i++)
        {
            if (ReadRest(take) > 0)
            {
                continue;
            }

            if (!following.TryDequeue(out var file))
            {
                return;
            }

            current!.Dispose();
            current = file;
            onNext();
        }
    }

    /// <summary><c>Worker_20261123-065712-utc.log</c>; of equal length and digits, so the order of names is that of time.</summary>
    internal static bool IsLogsName(string name) =>
        name.StartsWith(NameBegins, StringComparison.Ordinal) && name.EndsWith(NameEnds, StringComparison.Ordinal);

    public void Dispose()
    {
        current?.Dispose();
        next?.Dispose();
        foreach (var file in following)
        {
            file.Dispose();
        }
    }

    private int ReadRest(Action<ReadOnlyMemory<byte>> take)
    {
        var total = 0;
        try
        {
            int count;
            while (total < MostBytes && (count = current!.Read(buffer)) > 0)
            {
                total += count;
                take(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The disk; what can be read later is read later.
        }

        return total;
    }

    private bool TryBegin(long nowNs)
    {
        if (Find(nowNs) is not { } open)
        {
            return false;
        }

        foreach (var earlier in EarlierLogs.Of(open.SafeFileHandle, worker))
        {
            following.Enqueue(new FileStream(earlier, FileAccess.Read, bufferSize: 0));
        }

        following.Enqueue(open);
        current = following.Dequeue();
        return true;
    }

    private FileStream? Following(long nowNs) => following.TryDequeue(out var file) ? file : Find(nowNs);

    /// <summary>A log that is not open yet, by whatever name; null for none. Looked for now and then only: it means a walk of /proc.</summary>
    private FileStream? Find(long nowNs)
    {
        if (nowNs - lookedNs < (current is null ? SearchEveryNs : LookEveryNs))
        {
            return null;
        }

        lookedNs = nowNs;
        foreach (var (descriptor, target) in Logs())
        {
            // What a job calls so may be a pipe, that nobody ever writes to.
            if (SafeFile.TryOpenToRead(descriptor) is not { } log)
            {
                continue;
            }

            if (SafeFile.PathOf(log) != target)
            {
                log.Dispose(); // the worker has closed the log, and the number is another file's by now
                continue;
            }

            if (current is null || !IsSame(log, current.SafeFileHandle))
            {
                return new FileStream(log, FileAccess.Read, bufferSize: 0);
            }

            log.Dispose();
        }

        return null;
    }

    private static bool IsSame(SafeFileHandle one, SafeFileHandle other) =>
        FileFacts.TryRead(one, out var facts) && FileFacts.TryRead(other, out var others)
        && (facts.Inode, facts.DeviceMajor, facts.DeviceMinor) == (others.Inode, others.DeviceMajor, others.DeviceMinor);

    private List<(string Descriptor, string Target)> Logs()
    {
        var found = new List<(string, string)>();
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{worker.Pid}/fd");
            foreach (var link in Directory.EnumerateFileSystemEntries(folder))
            {
                if (ProcText.TryReadLink(link) is { } target && target.Contains(Folder + NameBegins, StringComparison.Ordinal)
                    && target.EndsWith(NameEnds, StringComparison.Ordinal))
                {
                    found.Add((link, target));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The worker has ended.
        }

        return worker.IsAlive ? found : [];
    }
}
