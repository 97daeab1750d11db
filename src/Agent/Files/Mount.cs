namespace Sallyport.Agent.Files;

/// <summary>What is mounted somewhere.</summary>
/// <param name="Path">Where.</param>
/// <param name="Kind">Of file system.</param>
/// <param name="IsReadOnly">By this mount nobody writes to it.</param>
/// <param name="Upper">Of an overlay: the folder that takes what is written.</param>
internal readonly record struct Mount(string Path, string Kind, bool IsReadOnly, string? Upper = null)
{
    /// <summary>Whether reading there waits for nobody: not for a user's program, nor for another machine.</summary>
    internal bool IsOfMachine => Kind is "ext4" or "ext3" or "xfs" or "btrfs" or "tmpfs" or "overlay" or "zfs";
}
