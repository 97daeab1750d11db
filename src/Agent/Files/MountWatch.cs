using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Files;
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
        (First, _) = Take();
        later.Clear();
    }

    /// <summary>What was there when it began.</summary>
    internal List<Mount> First { get; }

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
            if (MountLine.TryRead(line) is not { } mount)
            {
                continue;
            }

            var key = string.Join(' ', mount.Number, mount.Device, mount.Root, mount.Path);
            if (present.Add(key) && !known.Contains(key))
            {
                came.Add(later[key] = new Mount(mount.Path, mount.Kind, mount.Options.Split(',').Contains("ro"), mount.Upper));
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
}
