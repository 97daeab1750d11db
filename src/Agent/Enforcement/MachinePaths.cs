using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>What a container takes the machine over with, when it has it. By where a path leads, not by what it is called.</summary>
internal static class MachinePaths
{
    internal const string Files = "files";
    internal const string Devices = "devices";
    internal const string Socket = "runtime-socket";

    /// <summary>Folders that give it away whole.</summary>
    private static readonly string[] Whole =
        ["/", "/etc", "/root", "/home", "/proc", "/sys", "/dev", "/boot", "/usr", "/lib", "/bin", "/sbin", "/var", "/var/lib", "/var/lib/docker"];

    /// <summary>What may be read there (/etc/localtime, /lib/modules), but not written.</summary>
    private static readonly string[] Below =
        ["/etc", "/proc", "/sys", "/boot", "/usr", "/lib", "/bin", "/sbin", "/var/lib/docker", "/var/lib/containerd", "/var/spool/cron"];

    private static readonly string[] Runtimes = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "buildkitd.sock"];
    private static readonly string[] RuntimeFolders = ["/run", "/var/run", "/run/docker", "/run/containerd", "/run/podman", "/run/buildkit"];

    /// <summary>Devices that are no way to the machine's memory or disks.</summary>
    private static readonly string[] Harmless =
        ["/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/shm"];

    private static readonly string[] HarmlessBelow = ["/dev/dri", "/dev/snd", "/dev/bus/usb", "/dev/shm", "/dev/nvidia"];

    /// <summary>A word for what a container has with a path of the machine; null for nothing.</summary>
    /// <param name="path">Absolute, of this machine. Links are followed, as the runtime does.</param>
    /// <param name="isWritable">It may write there.</param>
    internal static string? WordFor(string path, bool isWritable)
    {
        if (path.Contains('\0'))
        {
            return Files; // where a runtime that takes it would end, nobody knows
        }

        var real = PathHandle.RealPath(path);
        return Array.IndexOf(RuntimeFolders, real) >= 0 || Array.IndexOf(Runtimes, Path.GetFileName(real)) >= 0 ? Socket
            : Array.IndexOf(Whole, real) >= 0 ? Files
            : FolderPath.IsSameOrBelow(real, "/dev") ? WordForDevice(real)
            : isWritable && (AgentPaths.AreCoveredBy(real) || Array.Exists(Below, folder => FolderPath.IsSameOrBelow(real, folder))) ? Files
            : null;
    }

    /// <summary>The same for a device.</summary>
    internal static string? WordForDevice(string path)
    {
        var real = PathHandle.RealPath(path);
        return Array.IndexOf(Harmless, real) >= 0 || Array.Exists(HarmlessBelow, folder => real.StartsWith(folder, StringComparison.Ordinal))
            ? null : Devices;
    }
}
