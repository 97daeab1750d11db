namespace Sallyport.Agent.Host;

/// <summary>Files of /proc that are no text: the arguments and the environment of a process are whatever it made of them.</summary>
internal static class ProcBytes
{
    /// <summary>The first bytes of the file; empty when it is not there, or went while it was read.</summary>
    internal static byte[] TryRead(string path, int mostBytes)
    {
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, BufferSize = 0 });
            var bytes = new byte[mostBytes];
            return bytes[..stream.ReadAtLeast(bytes, mostBytes, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
