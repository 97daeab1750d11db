namespace Sallyport.Agent.Files;

/// <summary>A line of /proc/PID/mountinfo (proc(5)).</summary>
/// <param name="Path">Where.</param>
/// <param name="Kind">Of file system.</param>
/// <param name="IsReadOnly">By this mount nobody writes to it.</param>
internal readonly record struct Mount(string Path, string Kind, bool IsReadOnly)
{
    /// <summary>Whether reading there waits for nobody: not for a user's program, nor for another machine.</summary>
    internal bool IsOfMachine => Kind is "ext4" or "ext3" or "xfs" or "btrfs" or "tmpfs" or "overlay" or "zfs";
}
