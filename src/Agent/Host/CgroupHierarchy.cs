using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Host;

/// <summary>
/// Where cgroup v2 is mounted and which cgroup this process is in. On hybrid machines the tree stands beside the
/// controllers of v1, at /sys/fs/cgroup/unified.
/// </summary>
/// <param name="MountPoint">Folder of the hierarchy's root as this mount namespace sees it.</param>
/// <param name="Own">Folder of this process's cgroup; the mount point when its path is not visible here.</param>
internal sealed record CgroupHierarchy(string MountPoint, string Own)
{
    /// <summary>Gives null where cgroup v2 is not mounted.</summary>
    internal static CgroupHierarchy? OfThisMachine() =>
        MountOf(ProcText.TryRead("/proc/self/mountinfo") ?? string.Empty) is not { } mount
            ? null
            : new CgroupHierarchy(mount, Visible(mount, PathOf(ProcText.TryRead("/proc/self/cgroup") ?? string.Empty)));

    /// <summary>The mount point of the first cgroup2 mount that shows the root of the hierarchy.</summary>
    internal static string? MountOf(string mountInfo) =>
        mountInfo.Split('\n').Select(MountLine.TryRead).FirstOrDefault(mount => mount is { Kind: "cgroup2", Root: "/" })?.Path;

    /// <summary>The path of the line <c>0::/path</c> (cgroups(7)); / when there is none.</summary>
    internal static string PathOf(string cgroup)
    {
        foreach (var line in cgroup.Split('\n'))
        {
            if (line.StartsWith("0::/", StringComparison.Ordinal))
            {
                return line[3..];
            }
        }

        return "/";
    }

    /// <summary>Whether a process is in the cgroup of that folder or in one below it.</summary>
    internal bool IsBelow(int pid, string folder) =>
        FolderPath.IsSameOrBelow(MountPoint + PathOf(ProcText.TryRead($"/proc/{pid}/cgroup") ?? string.Empty), folder.TrimEnd('/'));

    private static string Visible(string mount, string path)
    {
        var folder = path == "/" ? mount : mount + path;
        return !path.Contains("/..", StringComparison.Ordinal) && Directory.Exists(folder) ? folder : mount;
    }
}
