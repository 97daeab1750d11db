using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Executables;

/// <summary>
/// Finds the file that a process executed, though the process, or the file's name, may be gone: by the process while it lives, also in
/// a container, else by the path. Another file, or one that was changed since, is not taken for it.
/// </summary>
internal static class ExecutableFile
{
    private const long MostBytes = 512L << 20;
    private const int PieceBytes = 128 * 1024;

    /// <summary>SHA-256 of the file; null when it is not there any more, or larger than <see cref="MostBytes"/>.</summary>
    internal static string? TryHash(in ExecutableKey key, int pid, string path)
    {
        if (key.Size > MostBytes)
        {
            return null;
        }

        using var file = Open(in key, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/exe")) ?? Open(in key, path);
        if (file is null)
        {
            return null;
        }

        var hash = new FileDigest();
        var piece = new byte[PieceBytes];
        long position = 0;
        while (SafeFile.TryRead(file, position, piece) is > 0 and var read)
        {
            position += read;
            if (position > (long)key.Size)
            {
                return null; // written to since; it might go on growing as fast as it is read
            }

            hash.Append(piece.AsSpan(0, read));
        }

        // As long as it is executed nobody writes to it (ETXTBSY); afterwards somebody may have.
        Span<byte> digest = stackalloc byte[Sha256.DigestBytes];
        hash.Finish(digest);
        return Is(in key, file) ? Convert.ToHexStringLower(digest) : null;
    }

    private static SafeFileHandle? Open(in ExecutableKey key, string path)
    {
        var file = SafeFile.TryOpenToRead(path);
        if (file is null || Is(in key, file))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static bool Is(in ExecutableKey key, SafeFileHandle file) => FileFacts.TryRead(file, out var facts) && key == KeyOf(in facts);

    internal static ExecutableKey KeyOf(in FileFacts facts) => new(
        (facts.DeviceMajor << 20) | facts.DeviceMinor,
        facts.Inode,
        (ulong)facts.ChangedSeconds * 1_000_000_000 + facts.ChangedNs,
        (ulong)facts.Size);
}
