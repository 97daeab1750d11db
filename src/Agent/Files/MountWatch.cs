using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>What is mounted, and where, in the agent's mount namespace since it began.</summary>
internal sealed class MountWatch : IDisposable
{
    private const int MostMounts = 16_384;
    private readonly Dictionary<string, Mount> later = [];
    private HashSet<string> known = [];

    internal MountWatch()
    {
        Descriptor = File.OpenHandle("/proc/self/mountinfo");
        _ = Take();
        later.Clear();
    }

    /// <summary>Signals POLLPRI when something was mounted (proc(5)).</summary>
    internal SafeFileHandle Descriptor { get; }

    /// <summary>Mounts that came since it began and are still there.</summary>
    internal IReadOnlyCollection<Mount> Later => later.Values;

    /// <summary>
    /// Mounts that were not there the last time, and those that no longer are. One that was moved is both: its number alone tells
    /// nothing, the kernel gives the lowest free one.
    /// </summary>
    internal (List<Mount> Came, List<Mount> Gone) Take()
    {
        var came = new List<Mount>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in (ProcText.TryRead("/proc/self/mountinfo") ?? string.Empty).Split('\n').Take(MostMounts))
        {
            // "36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/root rw": number, …, device, root, where, options, …, a dash, the kind
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || dash + 1 >= fields.Length)
            {
                continue;
            }

            var key = string.Join(' ', fields[0], fields[2], fields[3], fields[4]);
            if (present.Add(key) && !known.Contains(key))
            {
                came.Add(later[key] = new Mount(Unescape(fields[4]), fields[dash + 1], fields[5].Split(',').Contains("ro")));
            }
        }

        var gone = new List<Mount>();
        foreach (var key in known.Where(key => !present.Contains(key)))
        {
            if (later.Remove(key, out var mount))
            {
                gone.Add(mount);
            }
        }

        known = present;
        return (came, gone);
    }

    public void Dispose() => Descriptor.Dispose();

    // Blanks, tabs, line feeds and backslashes are octal there.
    private static string Unescape(string text) => text
        .Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
