using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>Inode numbers; of a cgroup's folder it is the cgroup's id (cgroups(7)).</summary>
internal static unsafe class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint InodeNumber = 0x100;
    private const uint OwnerNumber = 0x8; // STATX_UID
    private const int OwnerOffset = 20;
    private const int BufferBytes = 256;
    private const int InodeOffset = 32;

    /// <summary>User id of the owner; null when there is no such file.</summary>
    internal static uint? Owner(string path)
    {
        var buffer = stackalloc byte[BufferBytes];
        return Interop.Libc.statx(CurrentFolder, path, 0, OwnerNumber, buffer) == 0
            ? MemoryMarshal.Read<uint>(new ReadOnlySpan<byte>(buffer + OwnerOffset, sizeof(uint)))
            : null;
    }

    /// <summary>Gives 0 when there is no such file.</summary>
    internal static ulong Inode(string path)
    {
        var buffer = stackalloc byte[BufferBytes];
        return Interop.Libc.statx(CurrentFolder, path, 0, InodeNumber, buffer) == 0
            ? MemoryMarshal.Read<ulong>(new ReadOnlySpan<byte>(buffer + InodeOffset, sizeof(ulong)))
            : 0;
    }
}
