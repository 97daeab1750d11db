namespace Sallyport.Agent.Host;

/// <summary>Folders that only root may write to, checked before anything in them is believed.</summary>
internal static class RootFolder
{
    private const UnixFileMode ForRootAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder for root alone where it is missing; throws IOException when it is not safe.</summary>
    internal static void Ensure(string path)
    {
        Directory.CreateDirectory(path, ForRootAlone);
        if (!IsSafe(path))
        {
            throw new IOException($"{path} is a link or can be written to by others than root");
        }
    }

    /// <summary>
    /// True for a real folder that no group and nobody else can write to. Who owns it needs no look: what stands in /run or
    /// /var/lib was made by root, nobody else can write there.
    /// </summary>
    internal static bool IsSafe(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists && folder.LinkTarget is null
            && (folder.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
    }
}
