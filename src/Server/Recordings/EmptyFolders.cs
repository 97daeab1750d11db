namespace Sallyport.Server.Recordings;

/// <summary>Folders that are made where a file needs them, and go with their last file; others may do either meanwhile.</summary>
internal static class EmptyFolders
{
    private const int Attempts = 5;

    /// <summary>Removes a folder, and those above it, that are empty.</summary>
    /// <param name="folder">It may be gone.</param>
    /// <param name="root">Is above it, and stays.</param>
    public static void Remove(string folder, string root)
    {
        for (; folder.Length > root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    return;
                }

                Directory.Delete(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // Another was quicker.
            }
            catch (IOException)
            {
                return; // it has something again
            }
        }
    }

    /// <summary>Moves a file to its place, whose folders it makes; one that is there is replaced.</summary>
    public static void Move(string from, string to)
    {
        for (var attempt = 1; ; attempt++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            try
            {
                File.Move(from, to, overwrite: true);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < Attempts && File.Exists(from))
            {
                // Somebody removed the folder, which was empty.
            }
        }
    }
}
