using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>Who a file belongs to, and what its permission bits are.</summary>
/// <param name="User">uid.</param>
/// <param name="Group">gid.</param>
/// <param name="Mode">Permission bits.</param>
internal readonly record struct FileOwner(uint User, uint Group, UnixFileMode Mode)
{
    private const int CurrentFolder = -100;
    private const uint ModeAndOwner = 0x2 | 0x8 | 0x10;
    private const int BufferBytes = 256;

    // struct statx (statx(2)): stx_uid at 20, stx_gid at 24, stx_mode at 28.
    private const int UserOffset = 20;
    private const int GroupOffset = 24;
    private const int ModeOffset = 28;
    private const ushort PermissionBits = 0xfff;

    /// <summary>Null when there is no such file.</summary>
    internal static unsafe FileOwner? TryOf(string path)
    {
        var buffer = stackalloc byte[BufferBytes];
        if (Interop.Libc.statx(CurrentFolder, path, 0, ModeAndOwner, buffer) != 0)
        {
            return null;
        }

        var bytes = new ReadOnlySpan<byte>(buffer, BufferBytes);
        return new FileOwner(
            MemoryMarshal.Read<uint>(bytes[UserOffset..]),
            MemoryMarshal.Read<uint>(bytes[GroupOffset..]),
            (UnixFileMode)(MemoryMarshal.Read<ushort>(bytes[ModeOffset..]) & PermissionBits));
    }

    /// <summary>Whether a user may write to the file by its bits; root always may.</summary>
    internal bool IsWritableBy(UserAccount account) => account.User == 0
        || (account.User == User ? Mode.HasFlag(UnixFileMode.UserWrite)
            : account.Group == Group || account.Groups.Contains(Group) ? Mode.HasFlag(UnixFileMode.GroupWrite)
            : Mode.HasFlag(UnixFileMode.OtherWrite));
}
