using System.Collections.Immutable;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// The kernel side in force for one job: loaded, filled with the policy, attached; then the rings and the counters.
/// Each job has programs and tables of its own, so jobs side by side do not meet, and of two nested ones both judge.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    private readonly KernelObject loaded;
    private readonly Gate gate;
    private readonly RecordRingReader events;
    private readonly RecordRingReader alerts;
    private readonly RefusedSockets refused = new();
    private readonly OwnRecordInspector own = new();
    private readonly RecordInspector inspector;
    private readonly ContainerInspector containers;
    private readonly KernelMap losses;
    private JobSockets? sockets;
    private LedSockets? led;
    private FileWatch? files;
    private string? filesFailure;
    private readonly ExecutableHasher hasher = new();
    private readonly long[] perCpu = new long[Libbpf.libbpf_num_possible_cpus()];

    private KernelSession(KernelObject loaded, Gate gate, bool enforcing)
    {
        this.loaded = loaded;
        this.gate = gate;
        Enforcing = enforcing;
        events = new RecordRingReader(RecordRing.Events, loaded.Map("events").Descriptor, loaded.EntriesOf("events"));
        alerts = new RecordRingReader(RecordRing.Alerts, loaded.Map("alerts").Descriptor, loaded.EntriesOf("alerts"));
        containers = new ContainerInspector(() => gate.Daemons.Sockets, gate.ServiceNames.Learn);
        inspector = new RecordInspector(refused, gate.Daemons, containers, gate.Entrances) { Hasher = hasher };
        losses = loaded.Map("losses");
    }

    /// <summary>Refusals hold, and nothing that they need is missing.</summary>
    internal bool Enforcing { get; }

    /// <summary>Refusals would hold if they were asked for: everything that they need is attached.</summary>
    internal bool CanEnforce => gate.HasUplinks;

    /// <summary>What cannot be observed or enforced here, a sentence each.</summary>
    internal ImmutableArray<string> Degraded =>
        (filesFailure ?? files?.Unseen) is { } unseen ? gate.Degraded.Add(unseen) : gate.Degraded;

    /// <summary>Which mode holds: <c>enforcing</c>, <c>observing</c>, or <c>degraded</c>.</summary>
    /// <remarks>Places outside the folder that the job works in, of which nothing is told, make the files partly seen and no more.</remarks>
    internal string InForce(PolicyMode mode) =>
        filesFailure is not null || !gate.Degraded.IsEmpty ? "degraded" : mode == PolicyMode.Block ? "enforcing" : "observing";

    /// <summary>Puts the kernel side in force. When it returns, everything that is adopted is judged.</summary>
    /// <exception cref="KernelUnavailableException">It cannot be; nothing is left attached.</exception>
    internal static KernelSession Start(KernelLoading loading, KernelOptions options, CompiledPolicy policy)
    {
        var loaded = loading.Take();
        loaded.Keeper = options.Keeper;
        try
        {
            var gate = Gate.Close(loaded, options, policy, KernelVersion.OfThisMachine());
            return new KernelSession(loaded, gate, options.Block && policy.Mode == PolicyMode.Block);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Tags the first process of the job, before it is let go.</summary>
    internal void AdoptRoot(int pid) => gate.Adoption.AdoptRoot(pid);

    /// <summary>What a runner needs: see <see cref="Gate"/>.</summary>
    internal Gate Gate => gate;

    internal IRequestJudge Judge => gate.Judge;

    /// <summary>Everything in the job's own cgroup is the job's, tagged or not.</summary>
    internal void AdoptCgroup(string path) => gate.Adoption.AdoptCgroup(path);

    /// <summary>Marks sockets that the command inherits: each packet of them is judged by where it goes.</summary>
    internal void AdoptSocket(int descriptor) => gate.Adoption.AdoptSocket(descriptor);

    /// <summary>
    /// A container that ran before is being made the job's: the runtime is asked for its name, and DNS over TCP is answered in it.
    /// Before the draining begins.
    /// </summary>
    /// <param name="id">64 hexadecimal digits.</param>
    /// <param name="cgroup">Its number.</param>
    /// <param name="processes">In it.</param>
    internal void AttendContainer(string id, ulong cgroup, IEnumerable<int> processes)
    {
        containers.Ask(id);
        gate.Entrances?.ContainerMade(cgroup);
        foreach (var pid in processes)
        {
            gate.Entrances?.ProcessBegan(new ProcessForkedRecord { Pid = (uint)pid, Cgroup = cgroup });
        }
    }

    /// <summary>Leads the clients of a runner's job through the agent. False where this machine does not do it.</summary>
    internal bool TryLeadSockets(string folder, int pid, IRequestJudge? judge, Action<string> say)
    {
        led = LedSockets.TryBegin(loaded, gate.Daemons, folder, pid, judge, say);
        return led is not null;
    }

    /// <summary>Whoever is not root reaches no runtime by way of the agent any more.</summary>
    internal void CloseLedSockets() => led?.CloseToOthers();

    /// <summary>
    /// From here on requests of the job to container runtimes pass by this process. The first process waits and sees the
    /// sockets of the overlay.
    /// </summary>
    internal void PassSockets(SocketOverlay overlay, int pid, IRequestJudge? judge, Action<string> say) =>
        sockets = JobSockets.Begin(loaded, gate.Daemons, overlay, pid, judge, say);

    /// <summary>Hands over what is in both rings, alerts first, and what runtimes said; gives how many that was.</summary>
    internal int Drain<THandler>(THandler handler)
        where THandler : IRecordHandler, IContainerHandler, IFileHandler, IExecutableHandler
    {
        var inspected = inspector.To(handler);
        var count = gate.Drain(own.To(handler, files?.Writers)) + alerts.Drain(inspected) + events.Drain(inspected) + containers.Drain(handler);
        files?.Writers.Drained();
        return count + (files?.Drain(handler) ?? 0) + hasher.Drain(handler);
    }

    /// <summary>The agent looks: with <c>onAgentLoss: deny</c> nothing new leaves when this was too long ago.</summary>
    internal void Beat(long nowNs) => loaded.Map("heartbeat").Set(0u, (ulong)nowNs);

    /// <summary>What is seen of changes of files, for <see cref="Protocol.Recording.RecordingStarted"/>.</summary>
    internal string? FilesSeen => files is null ? null : files.Unseen is null ? "all" : "some";

    /// <summary>From here on changes of files are told. Called before the job is let go.</summary>
    internal void WatchFiles(FileWatchOptions options)
    {
        files = FileWatch.TryBegin(loaded, options, out filesFailure);
        inspector.Writers = files?.Writers;
    }

    /// <summary>The job has ended and the rings are empty: waits a moment for hashes that are not taken yet.</summary>
    internal void FinishExecutables(IExecutableHandler handler) => hasher.Finish(handler);

    /// <summary>The job has ended and the rings are empty: what is left of files is told.</summary>
    internal void FinishFiles(IFileHandler handler) => files?.Finish(handler);

    /// <summary>The job has ended: what it changed on the machine is told by the next <see cref="Drain"/>.</summary>
    internal void EndWatch() => gate.EndWatch();

    /// <summary>The job has ended and the rings are empty: waits a moment for what is still asked of a runtime.</summary>
    internal void FinishContainers(IContainerHandler handler) => containers.Finish(handler);

    /// <summary>Sleeps until an alert comes, or the time is over. The main ring does not wake: it is looked at anyway.</summary>
    internal unsafe bool WaitForRecords(TimeSpan timeout)
    {
        var descriptor = new Interop.Libc.PollDescriptor { Descriptor = alerts.Descriptor, Events = Native.POLLIN };
        return Interop.Libc.poll(&descriptor, 1, (int)timeout.TotalMilliseconds) > 0;
    }

    /// <summary>Counts since the start, by <see cref="KernelLoss"/>.</summary>
    internal unsafe void ReadLosses(Span<long> counts)
    {
        for (uint reason = 0; reason < (uint)Math.Min(counts.Length, (int)KernelLoss.Count); reason++)
        {
            fixed (long* values = perCpu)
            {
                var key = reason;
                counts[(int)reason] = Libbpf.bpf_map_lookup_elem(losses.Descriptor, &key, values) == 0
                    ? perCpu.Sum()
                    : 0;
            }
        }

        counts[(int)KernelLoss.DevicePrograms] = gate.DevicesWithoutProgram;
        counts[(int)KernelLoss.RefusedSockets] = refused.Lost;
        counts[(int)KernelLoss.ContainerNames] = containers.Lost;
        counts[(int)KernelLoss.ExecutableHashes] = hasher.Lost;
    }

    public void Dispose()
    {
        files?.Dispose();
        led?.Dispose();
        sockets?.Dispose();
        containers.Dispose();
        hasher.Dispose();
        // Before anything is detached: what a refused socket still holds would be sent again, and leave.
        refused.Dispose();
        gate.Dispose();
        events.Dispose();
        alerts.Dispose();
        loaded.Dispose();
    }
}
