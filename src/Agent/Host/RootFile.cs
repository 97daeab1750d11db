namespace Sallyport.Agent.Host;

/// <summary>A file that nobody but root can have written, nor put in the place of another.</summary>
internal static class RootFile
{
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>True for a real file of root's, in a folder of root's, to neither of which anybody else may write.</summary>
    internal static bool IsSafe(string path) =>
        new FileInfo(path).LinkTarget is null
        && FileOwner.TryOf(path) is { User: 0 } file && (file.Mode & ByOthers) == 0
        && Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent
        && FileOwner.TryOf(parent) is { User: 0 } folder && (folder.Mode & ByOthers) == 0;
}
