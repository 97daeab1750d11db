namespace Sallyport.Agent.Host;

/// <summary>One process at a time: flock(2) on a file of root's, which goes with the process, however that ends.</summary>
internal static class LockFile
{
    /// <summary>Null while another holds it; disposing of it lets it go.</summary>
    /// <exception cref="UnauthorizedAccessException">What stands there is not root's alone.</exception>
    internal static FileStream? TryTake(string path)
    {
        try
        {
            return RootFile.OpenOrCreate(path, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
