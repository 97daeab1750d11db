namespace Sallyport.Agent.Core.Files;

/// <summary>Absolute paths and folders, compared as text: by whole names, so that <c>/a/bc</c> is not below <c>/a/b</c>.</summary>
public static class FolderPath
{
    /// <summary>Whether a path is a folder itself or somewhere below it.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="folder">Absolute, without a slash at its end.</param>
    public static bool IsSameOrBelow(string path, string folder)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(folder);
        return path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
    }
}
