using System.Collections.Immutable;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// Shows files in the place of others to this process and what comes of it: a mount namespace of its own, in which only the
/// mounts that hold the places do not tell the machine's of what is mounted in them. All others go on as before, in both
/// directions.
/// </summary>
internal static class OverlayMounts
{
    private const int NewMounts = 0x2_0000; // CLONE_NEWNS
    private const ulong Bind = 0x1000; // MS_BIND
    private const ulong Slave = 0x8_0000; // MS_SLAVE

    /// <summary>Gives how many are in place; with less than all, the rest is as it was.</summary>
    internal static int Place(ImmutableArray<FileOverlay> overlays)
    {
        if (overlays.IsEmpty || Interop.Libc.unshare(NewMounts) != 0)
        {
            return 0;
        }

        return overlays.Count(overlay =>
            MountOf(overlay.Place) is { } mount
            && Interop.Libc.mount(null, mount, null, Slave, 0) == 0
            && Interop.Libc.mount(overlay.File, overlay.Place, null, Bind, 0) == 0);
    }

    /// <summary>Where the mount begins that holds a path without links.</summary>
    private static string? MountOf(string path) => (ProcText.TryRead("/proc/self/mountinfo") ?? string.Empty)
        .Split('\n')
        .Select(line => MountLine.TryRead(line)?.Path)
        .OfType<string>()
        .Where(point => path.StartsWith(point == "/" ? point : point + "/", StringComparison.Ordinal))
        .MaxBy(point => point.Length);
}
