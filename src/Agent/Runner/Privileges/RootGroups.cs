using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// Groups that amount to root, or to a large part of it, on Debian, Ubuntu and their kin. A group cannot be taken from processes that
/// have it: where it leads through a socket that is closed; for the others it is said that they stay open.
/// </summary>
internal static class RootGroups
{
    /// <summary>Docker's. Where the job is led past it, what the job asks for there is judged.</summary>
    internal static readonly ImmutableArray<string> DockerSockets = ["/run/docker.sock", "/var/run/docker.sock"];

    /// <summary>Of other daemons that start what they are asked for as root, for whoever may write to them.</summary>
    internal static readonly ImmutableArray<string> OtherSockets =
    [
        "/var/lib/lxd/unix.socket", "/var/snap/lxd/common/lxd/unix.socket", "/var/lib/incus/unix.socket",
        "/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock", "/run/libvirt/virtlxcd-sock",
        "/var/snap/microk8s/common/run/containerd.sock",
    ];

    /// <summary>
    /// What a group gives by files and devices. Not here: those whose way is a socket (docker, lxd, incus-admin, libvirt), and those
    /// that sudo itself knows (sudo, admin, wheel), which the rule behind all others takes.
    /// </summary>
    private static readonly ImmutableArray<(string Group, string Gives)> Files =
    [
        ("root", "writes files of root's group"),
        ("disk", "reads and writes disks below the file system"),
        ("kmem", "reads the memory of the kernel"),
        ("shadow", "reads the hashes of passwords in /etc/shadow"),
        ("staff", "writes to /usr/local, where root's programs are looked for first"),
        ("microk8s", "is administrator of a cluster whose nodes run containers as root"),
    ];

    /// <summary>Those of a user that stay open, a sentence each.</summary>
    /// <param name="user">With its groups.</param>
    /// <param name="groups">Text of /etc/group: <c>disk:x:6:alice,bob</c> a line (group(5)).</param>
    internal static IEnumerable<string> LeftOpen(UserAccount user, string groups)
    {
        foreach (var line in groups.Split('\n'))
        {
            var fields = line.Split(':');
            if (user.User != 0 && fields.Length >= 3 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && (user.Group == number || user.Groups.Contains(number)))
            {
                foreach (var (group, gives) in Files.Where(known => known.Group == fields[0]))
                {
                    yield return $"{user.Name} is in the group {group}, which {gives}: that is as good as root, and cannot be taken from a process that has it.";
                }
            }
        }
    }
}
