namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// runc makes the folder named by <c>--cgroup-parent</c> in every cgroup v1 hierarchy as well, where there are any. The
/// laboratory removes its own folder in cgroup v2; this removes those of the same name that are left of a laboratory
/// that is no more. Other test processes do the same at the same time: whoever comes second finds nothing left.
/// </summary>
internal static class RuncLeftovers
{
    private const string MountPoint = "/sys/fs/cgroup";
    private const string Prefix = "sallyport-lab-";

    /// <param name="laboratory">Folder of a laboratory; its parent is the root of cgroup v2.</param>
    public static void Remove(string laboratory)
    {
        string unified = Path.GetDirectoryName(laboratory)!;
        foreach (string hierarchy in Directory.EnumerateDirectories(MountPoint))
        {
            foreach (string folder in Directory.EnumerateDirectories(hierarchy, Prefix + "*"))
            {
                if (hierarchy != unified && !Directory.Exists(Path.Combine(unified, Path.GetFileName(folder))))
                {
                    RemoveTree(folder);
                }
            }
        }
    }

    /// <summary>Files of a cgroup cannot be unlinked; rmdir takes them along, so only folders are visited.</summary>
    private static void RemoveTree(string folder)
    {
        try
        {
            foreach (string child in Directory.EnumerateDirectories(folder))
            {
                RemoveTree(child);
            }

            Directory.Delete(folder);
        }
        catch (IOException) when (!Directory.Exists(folder))
        {
            // Another test process was quicker.
        }
    }
}
