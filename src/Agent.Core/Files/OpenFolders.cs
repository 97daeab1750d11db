namespace Sallyport.Agent.Core.Files;

/// <summary>Folders that everybody on the machine may write to.</summary>
public static class OpenFolders
{
    /// <summary>Absolute, without a slash at the end.</summary>
    public static IReadOnlyList<string> All { get; } = ["/tmp", "/var/tmp", "/dev/shm"];

    /// <summary>Whether a path is one of them or below one.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Have(string path) => All.Any(folder => FolderPath.IsSameOrBelow(path, folder));
}
