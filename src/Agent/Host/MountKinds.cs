using System.Globalization;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Host;

/// <summary>The file systems that a process sees, by the number of the mount (mountinfo of proc(5)). Read when it is first asked.</summary>
/// <param name="proc">What <c>/proc/self</c> is to the process.</param>
internal sealed class MountKinds(string proc)
{
    /// <summary>Of the whole list; in a longer one nothing is known.</summary>
    private const int MostBytes = 1 << 20;

    private Dictionary<ulong, string>? kinds;

    /// <summary>
    /// Whether to look there waits for nobody: not for a program in user space, which may be the job's, nor for another machine.
    /// False for a mount that the process does not see.
    /// </summary>
    internal bool Answer(ulong mount) => (kinds ??= Read()).TryGetValue(mount, out var kind)
        && !kind.StartsWith("fuse", StringComparison.Ordinal) && !kind.StartsWith("nfs", StringComparison.Ordinal)
        && kind is not ("cifs" or "smb3" or "ceph" or "afs" or "autofs" or "coda" or "9p");

    private Dictionary<ulong, string> Read()
    {
        var found = new Dictionary<ulong, string>();
        foreach (var line in (ProcText.TryRead(proc + "/mountinfo", MostBytes) ?? string.Empty).Split('\n'))
        {
            if (MountLine.TryRead(line) is { } mount && ulong.TryParse(mount.Number, CultureInfo.InvariantCulture, out var number))
            {
                found[number] = mount.Kind;
            }
        }

        return found;
    }
}
