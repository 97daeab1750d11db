using System.Runtime.InteropServices;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A file or folder, whatever its names are: file system and file handle (open_by_handle_at(2)) in 16 bytes.</summary>
/// <param name="High">The file system's id, or half of a hash.</param>
/// <param name="Low">The handle, or the other half.</param>
public readonly record struct FileKey(ulong High, ulong Low)
{
    private const int ShortHandle = sizeof(ulong); // ext4: inode and generation

    /// <summary>Nothing.</summary>
    public bool IsNone => this == default;

    /// <summary>The key of a handle.</summary>
    /// <param name="fileSystem">f_fsid of statfs(2), 8 bytes.</param>
    /// <param name="handle">f_handle, 1 to 128 bytes.</param>
    public static FileKey Of(ReadOnlySpan<byte> fileSystem, ReadOnlySpan<byte> handle)
    {
        Span<byte> key = stackalloc byte[2 * sizeof(ulong)];
        key.Clear();
        if (handle.Length <= ShortHandle)
        {
            fileSystem[..Math.Min(fileSystem.Length, sizeof(ulong))].CopyTo(key);
            handle.CopyTo(key[sizeof(ulong)..]);
        }
        else
        {
            Sha256.Digest([.. fileSystem, .. handle]).AsSpan(0, key.Length).CopyTo(key);
        }

        return new FileKey(MemoryMarshal.Read<ulong>(key), MemoryMarshal.Read<ulong>(key[sizeof(ulong)..]));
    }
}
