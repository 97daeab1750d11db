using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Container runtimes of this network namespace: their sockets, so that the kernel knows when the job speaks to one, and
/// their processes, whose own traffic is then the job's too. Looked for at the start and whenever the job speaks to one.
/// </summary>
internal sealed class ContainerDaemons(KernelObject kernel, AgentRecords records) : IDisposable
{
    /// <summary>Most sockets that are remembered; a runtime listens at two or three.</summary>
    private const int MostSockets = 64;

    /// <summary>Names of those that speak HTTP.</summary>
    internal static ImmutableArray<string> HttpPrograms { get; } = ["dockerd", "podman"];

    /// <summary>Names of all of them.</summary>
    internal static ImmutableArray<string> Programs { get; } = [.. HttpPrograms, "containerd", "buildkitd", "crio"];

    private static readonly ImmutableArray<RuntimeSocket> WellKnown =
    [
        new("/run/docker.sock", 0, SpeaksHttp: true),
        new("/run/podman/podman.sock", 0, SpeaksHttp: true),
        new("/run/containerd/containerd.sock", 0, SpeaksHttp: false),
        new("/run/buildkit/buildkitd.sock", 0, SpeaksHttp: false),
        new("/run/crio/crio.sock", 0, SpeaksHttp: false),
    ];

    /// <summary>Key of the table of suspicions: how many the agent has looked at.</summary>
    private const uint LookedAt = 1;

    /// <summary>Value of a path that leads to a runtime whoever follows it.</summary>
    private const uint Everywhere = 1;

    /// <summary>Far above what the kernel's counter of one job reaches.</summary>
    private const ulong FirstProcess = 1UL << 40;

    /// <summary>How long the files on a path of the job's may take to say what they are. Nothing is drained meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly PatientLook look = new(Patience);
    private readonly HashSet<ProcessIdentity> known = [];

    // Paths that lead the job to the agent's own socket, and the root mount of those that they lead there.
    private readonly ConcurrentDictionary<string, uint> led = new(StringComparer.Ordinal);
    private volatile uint[] adopted = []; // daemons that have a tag
    private volatile RuntimeSocket[] sockets = [.. WellKnown];

    public void Dispose() => look.Dispose();

    /// <summary>What the job has BuildKit build.</summary>
    internal BuildsUnderWay Builds { get; } = new();

    /// <summary>Where the runtimes answer. May be read by any thread.</summary>
    internal IReadOnlyList<RuntimeSocket> Sockets => sockets;

    internal void Find()
    {
        foreach (var socket in WellKnown)
        {
            Watch(socket.Path);
        }

        var ownNetwork = ProcText.TryReadLink("/proc/self/ns/net");
        foreach (var pid in ProcessNumbers.All())
        {
            if (ProcText.TryReadLink($"/proc/{pid}/exe") is { } exe && Programs.Contains(Path.GetFileName(exe))
                && ProcText.TryReadLink($"/proc/{pid}/ns/net") == ownNetwork
                && ProcessIdentity.Of(pid) is { } process && known.Add(process))
            {
                Adopt(process, exe);
            }
        }
    }

    /// <summary>At this path the agent answers itself, for processes whose root is this mount. May be called by any thread.</summary>
    internal void Lead(string path, uint rootMount)
    {
        led[path] = rootMount;
        Watch(path);
    }

    /// <summary>The path leads to the runtime again.</summary>
    internal void StopLeading(string path)
    {
        _ = led.TryRemove(path, out _);
        Watch(path);
    }

    /// <summary>What the daemons send is for this step; 0 for none in particular. May be called by any thread.</summary>
    internal void ActFor(uint execution)
    {
        var tasks = kernel.Map("tasks");
        foreach (var pid in adopted)
        {
            if (tasks.TryGet(pid, out TaskTag tag) && (tag.Flags & TaskTag.Daemon) != 0)
            {
                tag.Execution = execution;
                _ = tasks.TrySet(pid, tag);
            }
        }
    }

    /// <summary>
    /// Acts on a connection of the job to a Unix socket. One whose path is not on the list may lead to a runtime all the
    /// same, by a link or a bind mount: then the job uses the runtime from here on.
    /// </summary>
    /// <returns>Whether the socket is taken for a runtime's.</returns>
    internal bool Consider(in DaemonAskedEvent asked)
    {
        if (asked.IsHelper)
        {
            return false;
        }

        if (asked.Fixed.Kind == DaemonKind.Runtime)
        {
            Find();
            return true;
        }

        var leads = Leads(in asked);

        // Only now: until here the kernel takes the runtime as used.
        var looked = kernel.Map("suspicions").TryGet(LookedAt, out ulong count) ? count : 0;
        kernel.Map("suspicions").Set(LookedAt, looked + 1);
        return leads;
    }

    private bool Leads(in DaemonAskedEvent asked)
    {
        ref readonly var record = ref asked.Fixed;

        // First, so that whoever connects from now on is told of again: the path may lead elsewhere by then.
        kernel.Map("told_sockets").Remove(ToldKey(asked.Path, record.Pid));
        if (asked.Path.IsEmpty || asked.Path[0] == 0 || !MayBeRuntime(record.Header.Process, record.Pid, asked.Path))
        {
            return false;
        }

        kernel.Map("runtime_used").Set(0u, 1u);
        kernel.Map("container_owners").Remove(ContainerKey.OriginsKnown);
        Find();
        return true;
    }

    /// <summary>As look_at_socket in daemon.bpf.c has it.</summary>
    private static ulong ToldKey(ReadOnlySpan<byte> path, uint pid) => (Fnv1a.Hash(path) ^ pid) * Fnv1a.Prime;

    /// <summary>True also when the path leads through files that do not answer.</summary>
    private bool MayBeRuntime(ulong process, uint pid, ReadOnlySpan<byte> path)
    {
        var (followed, places, may) = (path.ToArray(), sockets, true);
        return !look.TryRun(() =>
        {
            using var view = ProcessView.TryOpen((int)pid);

            // The tag goes with the process: whatever has its number now is another one.
            var isGone = view is null
                || (process != 0 && !(kernel.Map("tasks").TryGet(pid, out TaskTag tag) && tag.Process == process));
            may = RuntimeSocketSearch.MayLead(isGone ? null : view, followed, places);
        }) || may;
    }

    private void Adopt(ProcessIdentity identity, string exe)
    {
        var pid = identity.Pid;
        Remember(pid, exe);

        // What the job itself has started is and stays the job's, whatever it calls itself.
        if (kernel.Map("tasks").TryGet((uint)pid, out TaskTag tag) && tag.IsOf(identity))
        {
            return;
        }

        var process = FirstProcess + (ulong)pid;
        var added = kernel.Map("tasks").TrySet((uint)pid, new TaskTag
        {
            Process = process,
            StartBootNs = TaskTag.StartOf(identity),
            ExePolicy = TaskTag.NoPolicy,
            Flags = TaskTag.Daemon,
        });
        if (!added)
        {
            _ = known.Remove(identity); // the table is full, which is told as lost: tried again when the job speaks to one
            return;
        }

        adopted = [.. adopted, (uint)pid];
        records.AddProcess(process, (uint)pid, 0);
        records.AddProgram(process, (uint)pid, exe, Encoding.UTF8.GetBytes(Path.GetFileName(exe)));
    }

    private void Remember(int pid, string exe)
    {
        var speaksHttp = HttpPrograms.Contains(Path.GetFileName(exe));
        foreach (var path in ListeningSockets.Of(pid))
        {
            Watch(path);
            if (sockets.Length < MostSockets)
            {
                sockets = [.. sockets, new RuntimeSocket(path, pid, speaksHttp)];
            }
        }
    }

    private void Watch(string path)
    {
        var table = kernel.Map("runtime_sockets");
        foreach (var name in RunFolder.NamesOf(path))
        {
            _ = table.TrySet(Fnv1a.Hash(Encoding.UTF8.GetBytes(name)), led.GetValueOrDefault(name, Everywhere));
        }
    }
}
