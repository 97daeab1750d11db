using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Files of a worker's log before the one that it has open. It has closed them when they were full, so they are found by their names, in the
/// folder of the open one: earlier in order, of the same owner, no links, full, and written to since the worker began. A file that a job before has left
/// is none of them. Whoever could forge one meanwhile can write to the open one as well.
/// </summary>
internal static class EarlierLogs
{
    /// <summary>The smallest that can be set (WORKER_LOGSIZE, in MiB; 8 unless it says another).</summary>
    internal const long Fullest = 1 << 20;

    /// <summary>Of one job: more than 128 MiB of log are not read again.</summary>
    internal const int Most = 16;

    /// <summary>Bound on the entries of the folder that are looked at: the runner keeps files for 30 days.</summary>
    private const int MostEntries = 65_536;

    private const int TicksPerSecond = 100; // USER_HZ

    /// <summary>The worker's, the first one first, each to be read from its begin.</summary>
    /// <param name="open">The one that the worker writes to now.</param>
    /// <param name="worker">Whose log it is.</param>
    internal static List<SafeFileHandle> Of(SafeFileHandle open, ProcessIdentity worker)
    {
        var found = new List<SafeFileHandle>();
        if (SafeFile.PathOf(open) is not { } path
            || Path.GetDirectoryName(path) is not { Length: > 1 } place || !FileFacts.TryRead(open, out var facts))
        {
            return found;
        }

        using var folder = SafeFile.TryOpenFolder(place);
        var name = Path.GetFileName(path);
        if (folder is null || !IsThere(folder, name, facts))
        {
            return found; // the folder has been replaced
        }

        foreach (var earlier in Names(folder).Where(one => string.CompareOrdinal(one, name) < 0).OrderDescending(StringComparer.Ordinal).Take(Most))
        {
            if (TryOpen(folder, earlier, facts.Owner, BeganNs(worker)) is not { } log)
            {
                break; // there is none between two of one worker's
            }

            found.Insert(0, log);
        }

        return found;
    }

    private static bool IsThere(SafeFileHandle folder, string name, in FileFacts facts)
    {
        using var same = SafeFile.TryFind(folder, name, crossing: false);
        return same is not null && FileFacts.TryRead(same, out var there)
            && (there.Inode, there.DeviceMajor, there.DeviceMinor) == (facts.Inode, facts.DeviceMajor, facts.DeviceMinor);
    }

    private static IEnumerable<string> Names(SafeFileHandle folder)
    {
        try
        {
            var entries = Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{folder.DangerousGetHandle()}"));
            return [.. entries.Take(MostEntries).Select(entry => Path.GetFileName(entry)).Where(WorkerLogTail.IsLogsName)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static SafeFileHandle? TryOpen(SafeFileHandle folder, string name, uint owner, long beganNs)
    {
        using var place = SafeFile.TryFind(folder, name, crossing: false);
        return place is not null && FileFacts.TryRead(place, out var facts) && facts.Owner == owner && facts.Size >= Fullest
            && (facts.ChangedSeconds * 1_000_000_000) + facts.ChangedNs >= beganNs
            ? SafeFile.TryOpenFound(place)
            : null;
    }

    /// <summary>When the worker began, by the clock that file systems stamp with.</summary>
    private static long BeganNs(ProcessIdentity worker) =>
        (long)BootClock.RealNowNs() - (BootClock.NowNs() - (worker.StartTicks * (1_000_000_000 / TicksPerSecond)));
}
