using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>What a container takes the machine over with, when it has it. By where a path leads, not by what it is called.</summary>
internal static class MachinePaths
{
    internal const string Files = "files";
    internal const string Devices = "devices";
    internal const string Socket = "runtime-socket";

    private const string Root = "/root";
    private const string Run = "/run";

    /// <summary>PATH_MAX: the kernel takes no longer one.</summary>
    private const int LongestPath = 4096;

    /// <summary>Slashes of a path: where it leads is asked of the kernel for each of its parts anew.</summary>
    private const int MostParts = 256;

    /// <summary>Of a folder, that are looked at for a socket.</summary>
    private const int MostNames = 1024;

    /// <summary>Folders that give it away whole.</summary>
    private static readonly string[] Whole =
    [
        "/", "/etc", "/home", "/proc", "/sys", "/dev", "/boot", "/usr", "/lib", "/bin", "/sbin", "/var", "/var/lib", "/var/lib/docker", Run, "/run/user",
    ];

    /// <summary>What may be read there (/etc/localtime, /lib/modules), but not written: it is run or believed by root.</summary>
    private static readonly string[] Below =
    [
        "/etc", "/proc", "/sys", "/boot", "/efi", "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/snap", "/nix", "/opt/cni", "/opt/containerd",
        "/var/spool", "/var/backups", "/var/log", "/var/db", "/var/snap", "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/crio",
        "/var/lib/buildkit", "/var/lib/kubelet", "/var/lib/rancher", "/var/lib/cni", "/var/lib/lxd", "/var/lib/lxc", "/var/lib/incus", "/var/lib/libvirt",
        "/var/lib/machines", "/var/lib/portables", "/var/lib/extensions", "/var/lib/dpkg", "/var/lib/apt", "/var/lib/rpm", "/var/lib/dnf", "/var/lib/pacman",
        "/var/lib/snapd", "/var/lib/flatpak", "/var/lib/systemd", "/var/lib/dbus", "/var/lib/cloud", "/var/lib/waagent", "/var/lib/google", "/var/lib/amazon",
        "/var/lib/sudo", "/var/lib/polkit-1", "/var/lib/AccountsService", "/var/lib/NetworkManager", "/var/lib/dhcp", "/var/lib/dhcpcd", "/var/lib/ucf",
        "/var/lib/initramfs-tools", "/var/lib/dkms", "/var/lib/pam", "/var/lib/sss", "/var/lib/misc", "/var/cache/apt", "/var/cache/debconf",
    ];

    /// <summary>What may be written below them, but not to them: all of the above is there.</summary>
    private static readonly string[] Parents = ["/var/cache", "/opt"];

    /// <summary>Not even read: secrets of root's, and sockets, to which a mount that is read-only connects as well.</summary>
    private static readonly string[] Closed =
    [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sallyport",
        "/run/systemd", "/run/dbus", "/run/udev", "/run/user/0", "/run/sudo", "/run/credentials", "/run/secrets", "/run/cloud-init", "/run/lvm", "/run/mount",
        "/run/netns", "/run/libvirt", "/run/lxd", "/run/incus", "/run/crio", "/run/runc", "/run/crun", "/run/containers", "/run/libpod", "/run/polkit", "/run/polkit-1",
        "/run/NetworkManager", "/run/snapd", "/run/tmpfiles.d", "/run/sysctl.d", "/run/modprobe.d", "/run/sysusers.d", "/run/binfmt.d", "/run/environment.d",
        "/run/log", "/run/initramfs", "/run/initctl", "/run/sshd",
    ];

    private static readonly string[] Runtimes = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "buildkitd.sock"];
    private static readonly string[] RuntimeFolders = [Run, "/var/run", "/run/docker", "/run/containerd", "/run/podman", "/run/buildkit"];

    /// <summary>Devices that are no way to the machine's memory or disks.</summary>
    private static readonly string[] Harmless =
        ["/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/shm"];

    private static readonly string[] HarmlessBelow = ["/dev/dri", "/dev/snd", "/dev/bus/usb", "/dev/shm", "/dev/nvidia"];

    /// <summary>A word for what a container has with a path of the machine; null for nothing.</summary>
    /// <param name="path">Absolute, of this machine. Links are followed, as the runtime does.</param>
    /// <param name="isWritable">It may write there.</param>
    internal static string? WordFor(string path, bool isWritable)
    {
        if (path.Contains('\0') || IsTooLong(path))
        {
            return Files; // where a runtime that takes it would end, nobody knows
        }

        // Some take "a/.." out of the text, others follow a link "a" before they go up.
        return WordOf(PathHandle.RealPath(Path.GetFullPath(path)), isWritable) ?? WordOf(PathHandle.RealPath(path), isWritable);
    }

    private static string? WordOf(string real, bool isWritable)
    {
        if (Array.IndexOf(RuntimeFolders, real) >= 0 || Array.IndexOf(Runtimes, Path.GetFileName(real)) >= 0)
        {
            return Socket;
        }

        if (Array.IndexOf(Whole, real) >= 0 || IsBelowOneOf(Closed, real) || IsOfRoot(real) || HasSocketOfRoot(real))
        {
            return Files;
        }

        if (FolderPath.IsSameOrBelow(real, "/dev"))
        {
            return WordForDevice(real);
        }

        var isTaken = AgentPaths.AreCoveredBy(real) || Array.IndexOf(Parents, real) >= 0 || IsBelowOneOf(Below, real);
        return isWritable && isTaken ? Files : null;
    }

    /// <summary>The same for a device.</summary>
    internal static string? WordForDevice(string path)
    {
        if (IsTooLong(path))
        {
            return Devices;
        }

        var real = PathHandle.RealPath(path);
        return Array.IndexOf(Harmless, real) >= 0 || Array.Exists(HarmlessBelow, folder => real.StartsWith(folder, StringComparison.Ordinal))
            ? null : Devices;
    }

    private static bool IsTooLong(string path) => path.Length > LongestPath || path.AsSpan().Count('/') > MostParts;

    private static bool IsBelowOneOf(string[] folders, string path) => Array.Exists(folders, folder => FolderPath.IsSameOrBelow(path, folder));

    /// <summary>In the home of root, but for a runner that is installed there: what it has of its own is its jobs'.</summary>
    private static bool IsOfRoot(string real)
    {
        if (!FolderPath.IsSameOrBelow(real, Root))
        {
            return false;
        }

        for (var folder = real; folder is not null && folder.Length > Root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, ".runner")))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A daemon of root's listens there, or in the folder. One of another user's does what that user may.</summary>
    private static bool HasSocketOfRoot(string real) => FolderPath.IsSameOrBelow(real, Run)
        && (IsSocketOfRoot(real) || NamesIn(real).Any(IsSocketOfRoot));

    private static IEnumerable<string> NamesIn(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Take(MostNames)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsSocketOfRoot(string path)
    {
        using var file = PathHandle.TryOpen(path, follow: false);
        return file is not null && FileStatus.TryRead(file, out var status) && status is { IsSocket: true, Owner: 0 };
    }
}
