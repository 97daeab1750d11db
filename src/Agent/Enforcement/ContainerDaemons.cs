using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Container runtimes of this network namespace: their sockets, so that the kernel knows when the job speaks to one, and
/// their processes, whose own traffic is then the job's too. Looked for at the start and whenever the job speaks to one.
/// </summary>
internal sealed class ContainerDaemons(KernelObject kernel, AgentRecords records)
{
    private static readonly string[] Programs = ["dockerd", "containerd", "buildkitd", "podman", "crio"];

    private static readonly string[] Sockets =
    [
        "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/buildkit/buildkitd.sock",
        "/run/crio/crio.sock",
    ];

    /// <summary>Far above what the kernel's counter of one job reaches.</summary>
    private const ulong FirstProcess = 1UL << 40;
    private const string ListeningFlag = "00010000";

    private readonly HashSet<int> known = [];

    internal void Find()
    {
        foreach (var socket in Sockets)
        {
            Watch(socket);
        }

        var ownNetwork = LinkOf("/proc/self/ns/net");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && LinkOf($"/proc/{pid}/exe") is { } exe && Programs.Contains(Path.GetFileName(exe))
                && LinkOf($"/proc/{pid}/ns/net") == ownNetwork && known.Add(pid))
            {
                Adopt(pid, exe);
            }
        }
    }

    private void Adopt(int pid, string exe)
    {
        var process = FirstProcess + (ulong)pid;
        kernel.Map("tasks").Set((uint)pid, new TaskTag
        {
            Process = process,
            ExePolicy = TaskTag.NoPolicy,
            Flags = TaskTag.Daemon,
        });
        records.AddProcess(process, (uint)pid, 0);
        records.AddProgram(process, (uint)pid, exe, Encoding.UTF8.GetBytes(Path.GetFileName(exe)));
        foreach (var socket in ListeningSockets(pid))
        {
            Watch(socket);
        }
    }

    /// <summary>Paths at which a process listens, from its own view of /proc/net/unix.</summary>
    private static IEnumerable<string> ListeningSockets(int pid)
    {
        // Num RefCount Protocol Flags Type St Inode Path
        var own = Descriptors(pid);
        foreach (var line in (ProcText.TryRead($"/proc/{pid}/net/unix") ?? string.Empty).Split('\n').Skip(1))
        {
            var words = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 8 && words[3] == ListeningFlag && words[7].StartsWith('/') && own.Contains(words[6]))
            {
                yield return words[7];
            }
        }
    }

    private static HashSet<string> Descriptors(int pid)
    {
        const string Socket = "socket:[";
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(LinkOf)
                .Where(link => link is not null && link.StartsWith(Socket, StringComparison.Ordinal))
                .Select(link => link![Socket.Length..^1])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it ended meanwhile
        }
    }

    /// <summary>The same socket is called /run/… and /var/run/….</summary>
    private void Watch(string path)
    {
        var table = kernel.Map("runtime_sockets");
        var other = path.StartsWith("/run/", StringComparison.Ordinal) ? "/var" + path
            : path.StartsWith("/var/run/", StringComparison.Ordinal) ? path["/var".Length..]
            : path;
        _ = table.TrySet(Fnv1a.Hash(Encoding.UTF8.GetBytes(path)), 1u);
        _ = table.TrySet(Fnv1a.Hash(Encoding.UTF8.GetBytes(other)), 1u);
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
