using Sallyport.Lab.Interop;

namespace Sallyport.Lab.Namespaces;

/// <summary>
/// What the job finds in its mount namespace: a resolv.conf, hosts and nsswitch.conf of its own, and an empty /run
/// (no Docker socket, no system bus, no name service daemon of the machine), with the attack programs and a folder to
/// write to in /run/lab. To be called on the namespace's own thread.
/// </summary>
internal static class ClientFiles
{
    internal const string Programs = "/run/lab/bin";
    internal const string Work = "/run/lab/work";
    private const string Upstreams = "/run/systemd/resolve/resolv.conf";

    /// <param name="folder">On the test's side.</param>
    /// <param name="programs">Folder of the attack programs.</param>
    /// <param name="resolvConf">Text of /etc/resolv.conf.</param>
    /// <param name="upstreams">Text of the file in which systemd-resolved says whom it asks; null without one.</param>
    internal static void Mount(string folder, string programs, string resolvConf, string? upstreams)
    {
        var etc = Directory.CreateDirectory(Path.Combine(folder, "etc")).FullName;
        File.WriteAllText(Path.Combine(etc, "resolv.conf"), resolvConf);
        File.WriteAllText(Path.Combine(etc, "nsswitch.conf"), "hosts: files dns\npasswd: files\ngroup: files\n");
        File.WriteAllText(
            Path.Combine(etc, "hosts"),
            $"127.0.0.1 localhost\n::1 localhost\n{LabAddresses.InHostsFile} hosts.test\n");
        var work = Directory.CreateDirectory(Path.Combine(folder, "work"));
        work.UnixFileMode = (UnixFileMode)0x1FF;

        Libc.Check(Libc.mount("tmpfs", "/run", "tmpfs", 0, "mode=755"), "mount(/run)");
        foreach (var name in (string[])["resolv.conf", "hosts", "nsswitch.conf"])
        {
            Bind(Path.Combine(etc, name), MakeTarget($"/etc/{name}"));
        }

        if (upstreams is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Upstreams)!);
            File.WriteAllText(Upstreams, upstreams);
        }

        Directory.CreateDirectory(Programs);
        Directory.CreateDirectory(Work);
        Bind(programs, Programs);
        Bind(work.FullName, Work);
        if (Directory.Exists("/sys/fs/bpf"))
        {
            // Pins made by the agent end with this namespace (CONTRACTS, Life).
            Libc.Check(Libc.mount("bpf", "/sys/fs/bpf", "bpf", 0, null), "mount(/sys/fs/bpf)");
        }
    }

    /// <summary>/etc/resolv.conf is often a link into /run, which is empty by now.</summary>
    private static string MakeTarget(string path)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (!File.Exists(target))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, "");
        }

        return target;
    }

    private static void Bind(string source, string target) =>
        Libc.Check(Libc.mount(source, target, null, Libc.MS_BIND, null), $"mount({source} on {target})");
}
