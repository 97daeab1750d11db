using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// The environment that the command gets: the caller's, minus what sudo put in its place. sudo(8) sets HOME, LOGNAME,
/// USER, SHELL and MAIL for root and adds SUDO_*; its PATH stays, because the caller's own is not known any more.
/// </summary>
internal static class JobEnvironment
{
    private static readonly string[] OfSudo =
        ["HOME", "LOGNAME", "USER", "USERNAME", "SHELL", "MAIL", "SUDO_COMMAND", "SUDO_USER", "SUDO_UID", "SUDO_GID",
         "SUDO_HOME", "SUDO_TTY"];

    /// <summary>Gives the entries unchanged, in order, when no sudo stands between.</summary>
    internal static ImmutableArray<byte[]> For(ImmutableArray<byte[]> entries, UserAccount user, bool throughSudo)
    {
        if (!throughSudo)
        {
            return entries;
        }

        var kept = ImmutableArray.CreateBuilder<byte[]>();
        kept.AddRange(entries.Where(entry => !OfSudo.Any(name => IsNamed(entry, name))));
        Add(kept, "LOGNAME", user.Name);
        Add(kept, "USER", user.Name);
        Add(kept, "HOME", user.Home);
        Add(kept, "SHELL", user.Shell);
        return kept.ToImmutable();
    }

    private static bool IsNamed(byte[] entry, string name) =>
        entry.Length > name.Length && entry[name.Length] == '='
        && entry.AsSpan(0, name.Length).SequenceEqual(Encoding.ASCII.GetBytes(name));

    private static void Add(ImmutableArray<byte[]>.Builder kept, string name, string? value)
    {
        if (value is not null)
        {
            kept.Add(Encoding.UTF8.GetBytes($"{name}={value}"));
        }
    }
}
