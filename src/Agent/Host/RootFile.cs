using System.Globalization;

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

    /// <summary>Writes one for root alone. Whoever reads meanwhile, or after a kill, finds all of the one or all of the other.</summary>
    internal static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var next = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
        using (var stream = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            stream.Write(bytes);
        }

        File.Move(next, path, overwrite: true);
    }
}
