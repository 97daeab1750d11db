using System.Collections.Immutable;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// What is mounted in the watched places, or over them, while the job runs: its file system is told of from here on as well. Counted is
/// what cannot be, and what was put there before it could.
/// </summary>
internal sealed class LaterMounts(FileGroup group, WorkTreeFinder finder, ImmutableArray<string> places)
{
    /// <summary>Through so many the paths of folders are looked for; what is past them is lost.</summary>
    private const int MostFollowed = 64;

    /// <summary>Of a folder that are looked at for what is new.</summary>
    private const int MostNames = 1024;

    /// <summary>The kernel's own: nobody keeps files there.</summary>
    private static readonly string[] WithoutFiles =
    [
        "proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2", "securityfs", "bpf", "tracefs", "debugfs", "configfs", "nsfs", "rpc_pipefs", "binfmt_misc",
        "efivarfs", "pstore", "fusectl", "autofs", "selinuxfs",
    ];

    /// <summary>Nobody writes to them; what they hold was there before.</summary>
    private static readonly string[] NeverWritten = ["squashfs", "iso9660", "erofs", "cramfs", "romfs"];

    private readonly HashSet<ulong> marked =
    [
        .. places.Select(FileWatchOptions.Nearest).Select(FileSystemOf).OfType<ulong>(),
    ];

    private readonly long begunSeconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
    private long lost;

    /// <summary>File systems in the watched places that are not told of, or not from their beginning.</summary>
    internal long Overflow => Interlocked.Read(ref lost);

    /// <param name="came">Since the last time.</param>
    /// <param name="present">All that came since the job began and are there still.</param>
    internal void Take(List<Mount> came, IReadOnlyCollection<Mount> present)
    {
        var followed = present.Where(mount => Concerns(mount) && IsOpened(mount, present)).Select(mount => mount.Path).Distinct().ToList();
        finder.Follow([.. followed.Take(MostFollowed).Where(Directory.Exists)]);
        TakeLayers(came, present);
        foreach (var mount in came)
        {
            if (Concerns(mount) && !(IsOpened(mount, present) && followed.IndexOf(mount.Path) < MostFollowed && Mark(mount.Path)))
            {
                _ = Interlocked.Increment(ref lost);
            }
        }
    }

    /// <summary>What containers write into their own files is told as well, wherever their runtime keeps its data.</summary>
    /// <param name="came">As in <see cref="Take"/>.</param>
    /// <param name="present">As in <see cref="Take"/>.</param>
    internal void TakeLayers(List<Mount> came, IReadOnlyCollection<Mount> present)
    {
        foreach (var upper in came.Select(mount => mount.Upper).OfType<string>().Where(upper => !IsBehindOthers(upper, present)))
        {
            if (FileSystemOf(upper) is not { } fileSystem || marked.Contains(fileSystem))
            {
                continue; // gone again, or told of already
            }

            if (!group.TryMark(upper))
            {
                _ = Interlocked.Increment(ref lost);
                continue;
            }

            _ = marked.Add(fileSystem);
            finder.FollowLayers(TopOf(upper, fileSystem));
        }
    }

    /// <summary>The highest folder above a path that is on the same file system.</summary>
    private static string TopOf(string path, ulong fileSystem)
    {
        while (Path.GetDirectoryName(path) is { } above && FileSystemOf(above) == fileSystem)
        {
            path = above;
        }

        return path;
    }

    /// <summary>What a program of a user's serves, and nobody writes to, is a packed program as a rule (AppImage), and no change of a file.</summary>
    private static bool IsWritten(Mount mount) => Array.IndexOf(WithoutFiles, mount.Kind) < 0 && Array.IndexOf(NeverWritten, mount.Kind) < 0
        && !(mount.IsReadOnly && mount.Kind.StartsWith("fuse", StringComparison.Ordinal));

    private bool Concerns(Mount mount) => IsWritten(mount)
        && places.Any(place => mount.Path == "/" || FolderPath.IsSameOrBelow(mount.Path, place) || FolderPath.IsSameOrBelow(place, mount.Path));

    /// <summary>Of this machine, and not behind what is not: whoever opens that may wait for ever.</summary>
    private static bool IsOpened(Mount mount, IReadOnlyCollection<Mount> present) => mount.IsOfMachine && !IsBehindOthers(mount.Path, present);

    private static bool IsBehindOthers(string path, IReadOnlyCollection<Mount> present) =>
        present.Any(other => !other.IsOfMachine && Array.IndexOf(WithoutFiles, other.Kind) < 0 && FolderPath.IsSameOrBelow(path, other.Path));

    private bool Mark(string path)
    {
        if (!Directory.Exists(path))
        {
            return !File.Exists(path) || group.TryMark(path); // a file alone, which is not opened: what it is, nobody knows
        }

        if (FileSystemOf(path) is not { } fileSystem)
        {
            return true; // gone again
        }

        if (marked.Contains(fileSystem))
        {
            return true;
        }

        if (!group.TryMark(path))
        {
            return false;
        }

        _ = marked.Add(fileSystem);
        return !HasNews(path);
    }

    /// <summary>Something in the folder is of the job's time: it may have come there before the file system was marked.</summary>
    private bool HasNews(string path)
    {
        using var folder = SafeFile.TryOpenFolder(path);
        if (folder is null)
        {
            return false;
        }

        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path).Take(MostNames))
            {
                using var found = SafeFile.TryFind(folder, Path.GetFileName(entry), crossing: false);
                if (found is not null && FileFacts.TryRead(found, out var facts) && facts.ChangedSeconds >= begunSeconds)
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone again
        }
    }

    private static ulong? FileSystemOf(string path)
    {
        using var file = SafeFile.TryOpenFolder(path);
        return file is not null && FileHandles.FileSystemOf(file) is { } id ? BitConverter.ToUInt64(id) : null;
    }
}
