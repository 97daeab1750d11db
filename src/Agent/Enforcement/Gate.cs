using System.Collections.Immutable;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Machine;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What makes the loaded programs judge this job on this machine: policy, resolvers, uplinks, runtimes; then the
/// attachments, so that nothing is judged by half a policy.
/// </summary>
internal sealed class Gate : IDisposable
{
    /// <summary>The command's first process; the kernel counts on from here.</summary>
    private const ulong RootProcess = 1;

    /// <summary>Numbers that are kept for processes of a runner that run already: the kernel counts on behind them.</summary>
    private const ulong AdoptedProcesses = 1024;

    /// <summary>The same of executions.</summary>
    private const uint AdoptedExecutions = 63;

    /// <summary>Where numbers go on when <see cref="AdoptedProcesses"/> are used up: the kernel never gets there.</summary>
    private const ulong MoreAdopted = 1UL << 48;

    private readonly KernelObject kernel;
    private readonly Uplinks uplinks;
    private readonly NetworkWatch watch;
    private readonly MachineWatch machine;
    private readonly Resolver? resolver;
    private readonly Guard guard;
    private readonly ImmutableArray<string> degraded;
    private readonly ulong network;
    private ulong adopted;
    private uint adoptedExecutions;

    private Gate(
        KernelObject kernel, Uplinks uplinks, NetworkWatch watch, MachineWatch machine, Resolver? resolver, Guard guard,
        AgentRecords records, ulong network, ImmutableArray<string> degraded)
    {
        this.kernel = kernel;
        this.uplinks = uplinks;
        this.watch = watch;
        this.machine = machine;
        this.resolver = resolver;
        this.guard = guard;
        Entrances = resolver is null ? null : new ContainerEntrances(resolver);
        this.network = network;
        Records = records;
        this.degraded = degraded;
        EarlierContainers = new EarlierContainers(kernel, uplinks, Records);
        Daemons = new ContainerDaemons(kernel, Records);
        Judge = new ContainerJudge(Records);
        Daemons.Find();
        ServiceNames = new ServiceNames(kernel.Map("names"), Resolvers.OfThisMachine().SearchDomains);
    }

    internal ImmutableArray<string> Degraded => degraded.AddRange(guard.Failures);

    /// <summary>The last word is ours on every device.</summary>
    internal bool HasUplinks => uplinks.Failures.IsEmpty;

    internal AgentRecords Records { get; }

    /// <summary>What requests to container runtimes are refused.</summary>
    internal ContainerJudge Judge { get; }

    internal ContainerDaemons Daemons { get; }

    internal EarlierContainers EarlierContainers { get; }

    internal ServiceNames ServiceNames { get; }

    /// <summary>Null when the agent answers no DNS over TCP at all.</summary>
    internal ContainerEntrances? Entrances { get; }

    internal static Gate Close(KernelObject kernel, KernelOptions options, CompiledPolicy policy, KernelVersion version)
    {
        var degraded = ImmutableArray.CreateBuilder<string>();
        var records = new AgentRecords();
        var resolvers = ResolverSet.OfThisMachine();
        var resolver = StartResolver(kernel, records, resolvers, degraded);
        try
        {
            return Close(kernel, options, policy, version, resolvers, resolver, records, degraded);
        }
        catch
        {
            resolver?.Dispose();
            throw;
        }
    }

    private static Gate Close(
        KernelObject kernel, KernelOptions options, CompiledPolicy policy, KernelVersion version, ResolverSet resolvers,
        Resolver? resolver, AgentRecords records, ImmutableArray<string>.Builder degraded)
    {
        var network = NetworkNamespace.Cookie();
        PolicyTables.Write(kernel, policy, new SettingsValue
        {
            Network = network,
            Cgroup = FileIdentity.Inode(options.CgroupRoot),
            UnknownPolicy = (byte)policy.UnknownStepIndex,
            HoldsExecutions = options.HasRunner && policy.UnknownStepIndex != 0 ? (byte)1 : (byte)0,
            Machine = options.Scope == JobScope.Machine ? SettingsValue.MachineSettling : (byte)0,
            JudgesHelpers = options.Scope == JobScope.Job ? (byte)1 : (byte)0,
        });
        var lost = options.Scope == JobScope.Job
            ? ForeignListeners.Write(kernel, policy.Sockets)
            : ForeignListeners.WriteNameServices(kernel, policy.Sockets);
        if (lost > 0)
        {
            degraded.Add($"helpers: {lost} daemons of this machine found no place in the table: asking them is neither judged nor reported");
        }

        kernel.Map("heartbeat").Set(0u, (ulong)BootClock.NowNs());
        resolvers.Write(kernel.Map("resolvers"));
        HostsFile.Lease(kernel.Map("leases"), kernel.Map("unleased"), policy);

        var seesRuntimes = ProbeSet.SeesUnixConnects(version);
        kernel.Map("jobs").Set(0u, options.HasRunner
            ? new JobValue { NextProcess = AdoptedProcesses, NextExecution = AdoptedExecutions }
            : new JobValue { NextProcess = RootProcess });
        kernel.Map("runtime_used").Set(0u, seesRuntimes && options.Scope == JobScope.Job ? 0u : 1u);
        if (!seesRuntimes && options.Scope == JobScope.Job)
        {
            degraded.Add(
                "helpers: this kernel does not show which Unix sockets the job connects to (Linux 6.7): what a daemon of the machine "
                + "does on the job's word is neither judged nor reported");
            degraded.Add(
                "containers: this kernel does not show who speaks to a container runtime (Linux 6.7): "
                + "every container that starts during the job counts as the job's");
        }

        var uplinks = new Uplinks(kernel);
        var watch = new NetworkWatch(
            kernel, uplinks, port => IsOfJob(kernel, port), device => LeadsToJob(kernel, device));
        try
        {
            uplinks.Begin(NetworkSnapshot.Take(), resolvers.HasStub);
            watch.Begin();
            if (!uplinks.Failures.IsEmpty)
            {
                if (policy.Mode == PolicyMode.Block)
                {
                    throw new KernelUnavailableException(
                        $"block mode needs the last word on every device: {string.Join("; ", uplinks.Failures)}");
                }

                degraded.AddRange(uplinks.Failures);
            }

            Attach(kernel, options, seesRuntimes, resolvers.HasStub);
            var machine = MachineWatch.Begin(kernel, records);
            degraded.AddRange(machine.Failures);
            // In scope of the machine an agent that takes over begins outside the lineage: to refuse it would be to refuse the job its witness.
            kernel.HasRefusals &= options.Scope != JobScope.Machine;
            var guard = new Guard(kernel, options.HasRunner);
            guard.Apply(ActionsOf(policy));
            var gate = new Gate(kernel, uplinks, watch, machine, resolver, guard, records, network, degraded.ToImmutable());
            gate.Judge.Apply(ActionsOf(policy).Of(ProcessFindings.PrivilegedContainer));
            return gate;
        }
        catch
        {
            watch.Dispose();
            uplinks.Dispose();
            throw;
        }
    }

    internal void AdoptRoot(int pid)
    {
        var path = CgroupHierarchy.PathOf(ProcText.TryRead($"/proc/{pid}/cgroup") ?? string.Empty);
        var cgroup = FileIdentity.Inode(CgroupHierarchy.OfThisMachine()?.MountPoint + path);
        kernel.Map("tasks").Set((uint)pid, new TaskTag
        {
            Process = RootProcess,
            Cgroup = cgroup,
            ExePolicy = TaskTag.NoPolicy,
        });
        Records.AddProcess(RootProcess, (uint)pid, cgroup);
    }

    /// <summary>
    /// Tags a process of the runner. One that the kernel has tagged meanwhile, by its parent's fork, keeps that tag.
    /// </summary>
    /// <returns>The number of its tag; 0 when it is gone.</returns>
    internal ulong Adopt(AdoptedTask task)
    {
        var path = CgroupHierarchy.PathOf(ProcText.TryRead($"/proc/{task.Pid}/cgroup") ?? string.Empty);
        var cgroup = FileIdentity.Inode(CgroupHierarchy.OfThisMachine()?.MountPoint + path);
        var process = ++adopted <= AdoptedProcesses ? adopted : MoreAdopted + adopted;
        var tag = new TaskTag
        {
            Process = process,
            Cgroup = cgroup,
            Execution = task.Execution,
            StepPolicy = task.StepPolicy,
            ExePolicy = TaskTag.NoPolicy,
            Flags = task.Flags,
        };
        if (!kernel.Map("tasks").TryAdd((uint)task.Pid, tag))
        {
            adopted--;
            return kernel.Map("tasks").TryGet<uint, TaskTag>((uint)task.Pid, out var known) ? known.Process : 0;
        }

        Records.AddProcess(process, (uint)task.Pid, cgroup, task.Parent, task.Execution, task.OpensExecution);
        if (ProcText.TryReadLink($"/proc/{task.Pid}/exe") is { } exe)
        {
            Records.AddProgram(
                process, (uint)task.Pid, exe, ProcBytes.TryRead($"/proc/{task.Pid}/cmdline", 4095), task.Execution);
            return process;
        }

        // Gone between the look and the tag: the number must not tag whoever gets it next.
        kernel.Map("tasks").Remove((uint)task.Pid);
        return 0;
    }

    /// <summary>The execution that a process belongs to; 0 for none, or when it is not the job's.</summary>
    internal uint ExecutionOf(int pid) => kernel.Map("tasks").TryGet<uint, TaskTag>((uint)pid, out var tag) ? tag.Execution : 0;

    /// <summary>A number for an execution that began before the kernel counted; 0 when there are too many.</summary>
    internal uint NextAdoptedExecution() => adoptedExecutions < AdoptedExecutions ? ++adoptedExecutions : 0;

    /// <summary>A connection that the runner had before protection began, and keeps.</summary>
    internal void KeepConnection(int descriptor, ulong process, IPEndPoint peer)
    {
        const byte Tcp = 6;
        _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
        {
            Process = process,
            Network = network,
            Flags = FlowValue.Judged | FlowValue.Active,
            ExePolicy = TaskTag.NoPolicy,
            Protocol = Tcp,
            Verdict = (byte)KernelVerdict.Allowed,
            Reason = (byte)KernelReason.Rule,
            Rule = WireLimits.NoRule,
            Port = (ushort)peer.Port,
            Address = AddressValue.From(peer.Address),
        });
    }

    /// <summary>
    /// Marks a socket of a process that ran before: each packet of it is judged by where it goes. What one that listens is
    /// called for later is a reply.
    /// </summary>
    /// <param name="descriptor">In this process.</param>
    /// <param name="process">Number of the owner's tag.</param>
    /// <param name="execution">The owner's.</param>
    /// <param name="container">Cgroup of the container that it is in; 0 for none.</param>
    internal void AdoptSocket(int descriptor, ulong process, uint execution, ulong container = 0)
    {
        var of = NetworkNamespace.CookieOf(descriptor);
        _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
        {
            Process = process,
            Cgroup = container,
            Network = of == 0 ? network : of,
            Execution = execution,
            Flags = ListeningSockets.Listens(descriptor) ? 0 : FlowValue.Inherited,
            ExePolicy = TaskTag.NoPolicy,
        });
        if (container != 0 && of != 0 && of != network)
        {
            _ = kernel.Map("networks").TrySet(of, container);
        }
    }

    /// <summary>From now on all of the execution is judged by this policy.</summary>
    internal void AssignExecution(uint execution, int policyIndex)
    {
        if (execution is > 0 and < WireLimits.MaxExecutions)
        {
            kernel.Map("executions").Set(execution, (uint)policyIndex + 1);
        }
    }

    /// <summary>An intersection of policies that the kernel does not have yet.</summary>
    internal void AddPolicy(PolicyEntry entry) => PolicyTables.WritePolicy(kernel.Map("policies"), entry);

    /// <summary>SP_EXEMPT_KEPT of bpf/include/maps_job.h.</summary>
    private const ulong KeptThroughExec = 1UL << 63;

    /// <summary>Scope of the machine: this process and what it forks, until it execs, is not judged.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="throughExec">Also what it executes: the agent itself alone.</param>
    internal void Exempt(int pid, bool throughExec = false) => kernel.Map("exempt").Set((uint)pid, throughExec ? KeptThroughExec : 0UL);

    /// <summary>Scope of the machine: all who are exempt are written, everybody else is judged from here on.</summary>
    internal void JudgeMachine()
    {
        _ = kernel.Map("settings").TryGet(0u, out SettingsValue now);
        kernel.Map("settings").Set(0u, now with { Machine = SettingsValue.MachineJudged });
    }

    /// <summary>
    /// Puts another policy in force while the job runs. It was compiled with the present one as its predecessor, so its
    /// tables hold more and nothing else: no entry changes its meaning on the way.
    /// </summary>
    internal void Replace(CompiledPolicy policy)
    {
        _ = kernel.Map("settings").TryGet(0u, out SettingsValue now);
        PolicyTables.Write(kernel, policy, now with
        {
            UnknownPolicy = (byte)policy.UnknownStepIndex,
            HoldsExecutions = policy.UnknownStepIndex != 0 ? (byte)1 : (byte)0,
            QuestionTypes = default,
        });
        HostsFile.Lease(kernel.Map("leases"), kernel.Map("unleased"), policy);
        ForeignListeners.Allow(kernel, policy.Sockets);
        guard.Apply(ActionsOf(policy));
        Judge.Apply(ActionsOf(policy).Of(ProcessFindings.PrivilegedContainer));
    }

    /// <summary>What the job has left of sudo from here on.</summary>
    internal void LeaveSudo(SudoLeft left) => guard.Leave(left);

    /// <summary>What findings do under a policy.</summary>
    internal static DetectionActions ActionsOf(CompiledPolicy policy) =>
        new(policy.Mode == PolicyMode.Block, policy.Detections) { Expected = policy.Expected };

    internal void AdoptCgroup(string path) => kernel.Map("cgroups").Set(FileIdentity.Inode(path), default(CgroupTag));

    internal void AdoptSocket(int descriptor) => _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
    {
        Process = RootProcess,
        Network = network,
        Flags = FlowValue.Inherited,
        ExePolicy = TaskTag.NoPolicy,
    });

    /// <summary>The job has ended: what changed until now is told.</summary>
    internal void EndWatch() => machine.End();

    internal int Drain(IRecordHandler handler) => Records.Drain(handler);

    public void Dispose()
    {
        Entrances?.Dispose();
        resolver?.Dispose();
        machine.Dispose();
        watch.Dispose();
        uplinks.Dispose();
    }

    /// <summary>Without it, port 53 of a resolver over TCP is judged like any other destination.</summary>
    private static Resolver? StartResolver(
        KernelObject kernel, AgentRecords records, ResolverSet resolvers, ImmutableArray<string>.Builder degraded)
    {
        try
        {
            return Resolver.Start(kernel, records, resolvers.Servers);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            degraded.Add($"dns over tcp: no port of loopback to answer on ({e.Message}): it is refused unless listed");
            return null;
        }
    }

    /// <summary>
    /// A network change that a process of the job asked for, running or ended; or any while the job uses a container
    /// runtime, which makes its devices for it, and nobody can tell which of them.
    /// </summary>
    private static bool IsOfJob(KernelObject kernel, uint netlinkPort) =>
        (UsesRuntime(kernel) && !KnowsOrigins(kernel)) || new JobTasks(kernel).IsOrWasOfJob(netlinkPort);

    /// <summary>A pair of devices shows whose it is when its other end has come into the container's namespace.</summary>
    private static bool LeadsToJob(KernelObject kernel, NetworkDevice device) =>
        UsesRuntime(kernel) && device is { IsVeth: true, PeerNamespace: { } number }
        && NamespaceOwners.MayBeOfJob(kernel, number);

    private static bool UsesRuntime(KernelObject kernel) =>
        kernel.Map("runtime_used").TryGet<uint, uint>(0, out var used) && used != 0;

    private static bool KnowsOrigins(KernelObject kernel) =>
        kernel.Map("container_owners").TryGet<ContainerKey, OwnerValue>(ContainerKey.OriginsKnown, out _);

    private static void Attach(KernelObject kernel, KernelOptions options, bool seesRuntimes, bool hasStub)
    {
        foreach (var program in ProbeSet.Tracing)
        {
            kernel.Attach(program);
        }

        using var cgroup = OpenFolder(options.CgroupRoot);
        foreach (var program in hasStub ? [.. ProbeSet.StubServers, .. ProbeSet.Cgroup] : ProbeSet.Cgroup)
        {
            kernel.AttachCgroup(program, cgroup);
        }

        if (seesRuntimes)
        {
            kernel.AttachCgroup(ProbeSet.UnixConnect, cgroup);
        }
    }

    private static SafeFileHandle OpenFolder(string path)
    {
        const int FolderCloseOnExec = 0x10000 | 0x80000;
        var descriptor = Interop.Libc.open(path, FolderCloseOnExec, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new KernelUnavailableException($"cgroup folder {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
