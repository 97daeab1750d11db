using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>What statx(2) says of an open file. Device and inode are equal for one file, however it is reached.</summary>
internal readonly record struct FileStatus(ulong Device, ulong Inode, uint Owner, uint Group, ushort Mode, ulong Mount)
{
    private const ushort TypeBits = 0xf000;
    private const ushort Socket = 0xc000;
    private const ushort Link = 0xa000;
    private const ushort Regular = 0x8000;
    private const ushort OthersWrite = 0x12; // 022

    internal bool IsLink => (Mode & TypeBits) == Link;

    internal bool IsRegular => (Mode & TypeBits) == Regular;

    internal bool IsSocket => (Mode & TypeBits) == Socket;

    internal bool OnlyRootWrites => Owner == 0 && (Mode & OthersWrite) == 0;

    internal bool IsSameFile(in FileStatus other) => Device == other.Device && Inode == other.Inode;

    internal static FileStatus Of(in FileFacts facts) => new(
        ((ulong)facts.DeviceMajor << 32) | facts.DeviceMinor, facts.Inode, facts.Owner, facts.Group, facts.Mode, facts.Mount);

    /// <inheritdoc cref="FileFacts.TryRead(SafeFileHandle, out FileFacts, bool)"/>
    internal static bool TryRead(SafeFileHandle file, out FileStatus status, bool asKnown = false)
    {
        var isRead = FileFacts.TryRead(file, out var facts, asKnown);
        status = isRead ? Of(in facts) : default;
        return isRead;
    }
}
