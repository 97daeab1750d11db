using System.Net;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Allowed names that /etc/hosts (hosts(5)) has at the start are leased: nobody asks a resolver for them. Only when the
/// file is root's alone; of one that others may write it is only noted that the name was there, for the reason of a refusal.
/// Later edits add nothing (HARDENING D).
/// </summary>
internal static class HostsFile
{
    private const string Path = "/etc/hosts";
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    internal static void Lease(KernelMap leases, KernelMap unleased, CompiledPolicy policy)
    {
        if (!File.Exists(Path))
        {
            return;
        }

        var isRoots = FileIdentity.Owner(Path) == 0 && (File.GetUnixFileMode(Path) & WritableByOthers) == 0;
        var table = isRoots ? leases : unleased;

        foreach (var (address, name) in Entries(ProcText.TryRead(Path) ?? string.Empty))
        {
            var rules = Rules(policy, name);
            if (IPAddress.IsLoopback(address) || rules.IsEmpty)
            {
                continue;
            }

            var key = AddressValue.From(address);
            if (table.TryGet<AddressValue, RuleSetValue>(key, out var known))
            {
                rules = rules.Or(RuleSet.FromWords(known));
            }

            table.Set(key, RuleSetValue.From(rules));
        }
    }

    /// <summary>Lines that cannot be read say nothing.</summary>
    internal static IEnumerable<(IPAddress Address, string Name)> Entries(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
            {
                continue;
            }

            foreach (var name in words.Skip(1))
            {
                yield return (address, name.TrimEnd('.').ToLowerInvariant());
            }
        }
    }

    /// <summary>As the kernel finds them: of the longest key.</summary>
    private static RuleSet Rules(CompiledPolicy policy, string name) => policy.Names
        .Where(entry => entry.Wildcard
            ? name.Length > entry.Name.Length && name.EndsWith("." + entry.Name, StringComparison.Ordinal)
            : name == entry.Name)
        .MaxBy(entry => entry.Name.Length)?.Rules ?? RuleSet.None;
}
