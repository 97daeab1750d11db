using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>What is mounted, and where, in the agent's mount namespace since it began.</summary>
internal sealed class MountWatch : IDisposable
{
    private const int MostMounts = 16_384;
    private readonly HashSet<int> known = [];
    private readonly Dictionary<int, (string Path, string Kind)> later = [];

    internal MountWatch()
    {
        Descriptor = File.OpenHandle("/proc/self/mountinfo");
        _ = TakeNew();
        later.Clear();
    }

    /// <summary>Signals POLLPRI when something was mounted (proc(5)).</summary>
    internal SafeFileHandle Descriptor { get; }

    /// <summary>Mounts that came since it began and are still there.</summary>
    internal IReadOnlyCollection<(string Path, string Kind)> Later => later.Values;

    /// <summary>Mounts that were not there the last time, with where they are and what kind of file system each is.</summary>
    internal List<(string Path, string Kind)> TakeNew()
    {
        var found = new List<(string, string)>();
        var present = new HashSet<int>();
        foreach (var line in (ProcText.TryRead("/proc/self/mountinfo") ?? string.Empty).Split('\n').Take(MostMounts))
        {
            // "36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/root rw": id, …, where, …, a dash, the kind
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 5 || dash + 1 >= fields.Length || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            present.Add(id);
            if (!known.Contains(id))
            {
                found.Add(later[id] = (Unescape(fields[4]), fields[dash + 1]));
            }
        }

        foreach (var id in known.Where(id => !present.Contains(id)))
        {
            _ = later.Remove(id);
        }

        known.Clear();
        known.UnionWith(present); // ids are used again
        return found;
    }

    public void Dispose() => Descriptor.Dispose();

    // Blanks, tabs, line feeds and backslashes are octal there.
    private static string Unescape(string text) => text
        .Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
