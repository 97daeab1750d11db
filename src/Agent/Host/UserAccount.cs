using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>The user that a job runs as.</summary>
/// <param name="User">uid.</param>
/// <param name="Group">gid.</param>
/// <param name="Groups">Supplementary groups.</param>
/// <param name="Name">Login name, or the number where the machine does not know one.</param>
/// <param name="Home">Home folder, or null where the machine does not know the user.</param>
/// <param name="Shell">Login shell, or null.</param>
internal sealed record UserAccount(
    uint User, uint Group, ImmutableArray<uint> Groups, string Name, string? Home, string? Shell)
{
    /// <summary>Bound on supplementary groups (NGROUPS_MAX is 65536).</summary>
    private const int MaximumGroups = 65536;

    /// <summary>This process's own user and groups.</summary>
    internal static unsafe UserAccount OfThisProcess()
    {
        var count = Interop.Libc.getgroups(0, null);
        var groups = new uint[Math.Max(count, 0)];
        fixed (uint* list = groups)
        {
            count = Interop.Libc.getgroups(groups.Length, list);
        }

        return Find(Interop.Libc.getuid(), Interop.Libc.getgid(), [.. groups.AsSpan(0, Math.Max(count, 0))]);
    }

    /// <summary>Real uid and gid of a process; null when it is gone.</summary>
    internal static (uint User, uint Group)? IdsOfProcess(int pid)
    {
        uint? user = null;
        uint? group = null;
        foreach (var line in (ProcText.TryRead($"/proc/{pid}/status") ?? string.Empty).Split('\n'))
        {
            var fields = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1 && fields[0] is "Uid:" or "Gid:" && uint.TryParse(fields[1], out var number))
            {
                if (fields[0] == "Uid:")
                {
                    user = number;
                }
                else
                {
                    group = number;
                }
            }
        }

        return user is { } u && group is { } g ? (u, g) : null;
    }

    /// <summary>The user that a process runs as, with the groups that a login would give; root when it is gone.</summary>
    internal static UserAccount OfProcess(int pid) =>
        IdsOfProcess(pid) is { } ids ? OfCaller(ids.User, ids.Group) : OfThisProcess();

    /// <summary>The user who called sudo: groups as a login would give them.</summary>
    internal static unsafe UserAccount OfCaller(uint user, uint group)
    {
        var account = Find(user, group, []);
        if (account.Home is null)
        {
            return account;
        }

        var groups = new uint[256];
        while (true)
        {
            var count = groups.Length;
            fixed (uint* list = groups)
            {
                if (Interop.Libc.getgrouplist(account.Name, group, list, &count) >= 0)
                {
                    return account with { Groups = [.. groups.AsSpan(0, count)] };
                }
            }

            if (groups.Length >= MaximumGroups)
            {
                return account;
            }

            groups = new uint[groups.Length * 2];
        }
    }

    private static unsafe UserAccount Find(uint user, uint group, ImmutableArray<uint> groups)
    {
        var buffer = new byte[65536];
        Interop.Libc.PasswordEntry entry;
        Interop.Libc.PasswordEntry* found;
        fixed (byte* text = buffer)
        {
            if (Interop.Libc.getpwuid_r(user, &entry, text, (nuint)buffer.Length, &found) != 0 || found is null)
            {
                return new UserAccount(user, group, groups, $"{user}", null, null);
            }

            return new UserAccount(user, group, groups, Text(entry.Name) ?? $"{user}", Text(entry.Home), Text(entry.Shell));
        }
    }

    private static unsafe string? Text(byte* value) => Marshal.PtrToStringUTF8((nint)value);
}
