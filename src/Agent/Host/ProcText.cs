namespace Sallyport.Agent.Host;

/// <summary>Files of /proc and /sys, which go when what they tell about goes.</summary>
internal static class ProcText
{
    /// <summary>Gives null when the file is not there, or went while it was read.</summary>
    internal static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Where a link leads to; null when it is no link, or went.</summary>
    internal static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
