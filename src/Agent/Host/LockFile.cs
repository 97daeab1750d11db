namespace Sallyport.Agent.Host;

/// <summary>One process at a time: flock(2) on a file of root's, which goes with the process, however that ends.</summary>
internal static class LockFile
{
    /// <summary>Null while another holds it; disposing of it lets it go.</summary>
    internal static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }
}
