namespace Sallyport.Agent.Control;

/// <summary>Files and folders that Sallyport made for itself.</summary>
internal static class OwnPath
{
    /// <summary>
    /// Removes a file, or a folder with all in it; never follows a link. False when it could not, which a later
    /// <c>sallyport cleanup</c> will try again.
    /// </summary>
    internal static bool Remove(string path)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
