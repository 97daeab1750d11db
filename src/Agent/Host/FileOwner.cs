namespace Sallyport.Agent.Host;

/// <summary>Who a file belongs to, and what its permission bits are.</summary>
/// <param name="User">uid.</param>
/// <param name="Group">gid.</param>
/// <param name="Mode">Permission bits.</param>
internal readonly record struct FileOwner(uint User, uint Group, UnixFileMode Mode)
{
    private const ushort PermissionBits = 0xfff;

    /// <summary>Null when there is no such file.</summary>
    internal static FileOwner? TryOf(string path) => FileFacts.TryRead(path, out var facts)
        ? new FileOwner(facts.Owner, facts.Group, (UnixFileMode)(facts.Mode & PermissionBits))
        : null;

    /// <summary>Whether a user may write to the file by its bits; root always may.</summary>
    internal bool IsWritableBy(UserAccount account) => account.User == 0
        || (account.User == User ? Mode.HasFlag(UnixFileMode.UserWrite)
            : account.Group == Group || account.Groups.Contains(Group) ? Mode.HasFlag(UnixFileMode.GroupWrite)
            : Mode.HasFlag(UnixFileMode.OtherWrite));
}
