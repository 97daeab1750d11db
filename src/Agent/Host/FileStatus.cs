using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>What statx(2) says of an open file. Device and inode are equal for one file, however it is reached.</summary>
internal readonly record struct FileStatus(ulong Device, ulong Inode, uint Owner, uint Group, ushort Mode, ulong Mount)
{
    private const int EmptyPath = 0x1000;
    private const uint BasicAndMount = 0x17ff;
    private const int BufferBytes = 256;
    private const ushort TypeBits = 0xf000;
    private const ushort Socket = 0xc000;
    private const ushort Link = 0xa000;
    private const ushort OthersWrite = 0x12; // 022

    internal bool IsLink => (Mode & TypeBits) == Link;

    internal bool IsSocket => (Mode & TypeBits) == Socket;

    internal bool OnlyRootWrites => Owner == 0 && (Mode & OthersWrite) == 0;

    internal bool IsSameFile(in FileStatus other) => Device == other.Device && Inode == other.Inode;

    internal static unsafe bool TryRead(SafeFileHandle file, out FileStatus status)
    {
        var bytes = stackalloc byte[BufferBytes];
        byte empty = 0;
        if (Interop.Libc.statx(file, &empty, EmptyPath, BasicAndMount, bytes) != 0)
        {
            status = default;
            return false;
        }

        // struct statx: stx_dev_major and stx_dev_minor, stx_ino, stx_uid, stx_gid, stx_mode, stx_mnt_id (5.8)
        var buffer = new ReadOnlySpan<byte>(bytes, BufferBytes);
        status = new FileStatus(
            ((ulong)MemoryMarshal.Read<uint>(buffer[136..]) << 32) | MemoryMarshal.Read<uint>(buffer[140..]),
            MemoryMarshal.Read<ulong>(buffer[32..]),
            MemoryMarshal.Read<uint>(buffer[20..]),
            MemoryMarshal.Read<uint>(buffer[24..]),
            MemoryMarshal.Read<ushort>(buffer[28..]),
            MemoryMarshal.Read<ulong>(buffer[144..]));
        return true;
    }
}
