using System.Text;
using Sallyport.Agent.Files;

namespace Sallyport.Agent.Host;

/// <summary>
/// Files of /proc and /sys, which go when what they tell about goes, and of /etc. A job may have made them as long as it
/// likes (the arguments of a process), or a pipe of them (root's files): read bounded, and never waited for.
/// </summary>
internal static class ProcText
{
    /// <summary>Of tables of the whole machine: hundreds of thousands of sockets or mounts.</summary>
    private const int MostBytes = 64 << 20;

    private const int FirstBytes = 4096;

    /// <summary>
    /// Gives null when the file is no regular one, is longer than the bound, is not there, or went while it was read.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">What the caller can take.</param>
    internal static string? TryRead(string path, int mostBytes = MostBytes)
    {
        try
        {
            using var file = SafeFile.TryOpenToRead(path);
            if (file is null)
            {
                return null;
            }

            var bytes = new byte[Math.Min(FirstBytes, mostBytes + 1)];
            var filled = 0;
            while (RandomAccess.Read(file, bytes.AsSpan(filled), filled) is > 0 and var read)
            {
                filled += read;
                if (filled > mostBytes)
                {
                    return null;
                }

                if (filled == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(bytes.Length * 2, mostBytes + 1));
                }
            }

            return Encoding.UTF8.GetString(bytes, 0, filled);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
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
