namespace Sallyport.Agent.Core.Files;

/// <summary>Folders that everybody on the machine may write to.</summary>
public static class OpenFolders
{
    /// <summary>Absolute, without a slash at the end.</summary>
    public static IReadOnlyList<string> All { get; } = ["/tmp", "/var/tmp", "/dev/shm"];

    /// <summary>In a container, whose files are its own: where programs are dropped, and the homes of its users.</summary>
    private static readonly string[] OfContainer = ["/tmp", "/var/tmp", "/root", "/home"];

    /// <summary>Whether a path is in a place that is looked after in every container.</summary>
    /// <param name="path">Absolute, as the container sees it.</param>
    public static bool HaveInContainer(string path) => Array.Exists(OfContainer, folder => FolderPath.IsSameOrBelow(path, folder));

    /// <summary>Whether a path of the machine's can be that of such a place.</summary>
    /// <param name="path">Absolute.</param>
    public static bool MayHaveInContainer(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var folder = path + '/';
        return Array.Exists(OfContainer, place => folder.Contains(place + "/", StringComparison.Ordinal));
    }

    /// <summary>Whether a path is one of them or below one.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Have(string path) => All.Any(folder => FolderPath.IsSameOrBelow(path, folder));
}
