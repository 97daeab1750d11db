namespace Sallyport.Agent.Host;

/// <summary>Inode numbers; of a cgroup's folder it is the cgroup's id (cgroups(7)).</summary>
internal static class FileIdentity
{
    /// <summary>User id of the owner; null when there is no such file.</summary>
    internal static uint? Owner(string path) => FileFacts.TryRead(path, out var facts) ? facts.Owner : null;

    /// <summary>Gives 0 when there is no such file.</summary>
    internal static ulong Inode(string path) => FileFacts.TryRead(path, out var facts) ? facts.Inode : 0;
}
