using System.Collections.Immutable;
using System.ComponentModel;
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
    private readonly KernelObject kernel;
    private readonly Uplinks uplinks;
    private readonly NetworkWatch watch;
    private readonly MachineWatch machine;
    private readonly Resolver? resolver;
    private readonly Guard guard;
    private readonly ImmutableArray<string> degraded;

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
        Adoption = new Adoption(kernel, records, network);
        Records = records;
        this.degraded = degraded;
        EarlierContainers = new EarlierContainers(kernel, uplinks, Records);
        Daemons = new ContainerDaemons(kernel, Records);
        Judge = new ContainerJudge(Records);
        Daemons.Find();
        ServiceNames = new ServiceNames(kernel.Map("names"), Resolvers.OfThisMachine().SearchDomains);
    }

    internal ImmutableArray<string> Degraded => degraded.AddRange(guard.Failures)
        .AddRange(uplinks.LateFailures == 0 ? [] : uplinks.Failures.Where(failure => !degraded.Contains(failure)));

    /// <summary>The last word is ours on every device.</summary>
    internal bool HasUplinks => uplinks.Failures.IsEmpty;

    /// <summary>Devices that came after the start and carry no program.</summary>
    internal long DevicesWithoutProgram => uplinks.LateFailures;

    internal AgentRecords Records { get; }

    internal Adoption Adoption { get; }

    /// <summary>What requests to container runtimes are refused.</summary>
    internal ContainerJudge Judge { get; }

    internal ContainerDaemons Daemons { get; }

    internal EarlierContainers EarlierContainers { get; }

    internal ServiceNames ServiceNames { get; }

    /// <summary>Null when the agent answers no DNS over TCP at all.</summary>
    internal ContainerEntrances? Entrances { get; }

    internal static Gate Close(KernelObject kernel, KernelOptions options, CompiledPolicy policy, KernelVersion version)
    {
        if (!TimeNamespace.HasClockOfKernel)
        {
            throw new KernelUnavailableException(
                "the agent is in a time namespace with a clock since boot of its own (/proc/self/timens_offsets): start it outside");
        }

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
            Mark = (byte)options.Mark,
            Limited = options.IsLimited ? (byte)1 : (byte)0,
        });
        var lost = ForeignListeners.Write(kernel, policy.Sockets);
        if (lost > 0)
        {
            degraded.Add($"helpers: {lost} daemons of this machine found no place in the table: asking them is neither judged nor reported");
        }

        kernel.Map("heartbeat").Set(0u, (ulong)BootClock.NowNs());
        resolvers.Write(kernel.Map("resolvers"));
        HostsFile.Lease(kernel.Map("leases"), kernel.Map("unleased"), policy);

        var seesRuntimes = ProbeSet.SeesUnixConnects(version);
        kernel.Map("jobs").Set(0u, options.HasRunner
            ? new JobValue { NextProcess = Adoption.AdoptedProcesses, NextExecution = Adoption.AdoptedExecutions }
            : new JobValue { NextProcess = Adoption.RootProcess });
        kernel.Map("runtime_used").Set(0u, seesRuntimes ? 0u : 1u);
        if (!seesRuntimes)
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
            kernel, uplinks, port => options.Scope == JobScope.Machine || IsOfJob(kernel, port), device => LeadsToJob(kernel, device));
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

    /// <summary>The execution that a process belongs to; 0 for none, or when it is not the job's.</summary>
    internal uint ExecutionOf(int pid) => new JobTasks(kernel).TryGet(pid, out var tag) ? tag.Execution : 0;

    /// <summary>It is known whose it is: a step's, a container's, a runtime of root's.</summary>
    internal bool IsTagged(int pid) =>
        new JobTasks(kernel).TryGet(pid, out var tag) && ((tag.Flags & TaskTag.Daemon) == 0 || UserAccount.IdsOfProcess(pid) is (0, _));

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

    /// <summary>Who began to listen before the job was judged, and is judged now, may be asked.</summary>
    internal void AllowOwnListeners(JobScope scope)
    {
        if (scope == JobScope.Machine)
        {
            ForeignListeners.AllowJudged(kernel);
        }
        else
        {
            ForeignListeners.AllowOwn(kernel);
        }
    }

    /// <summary>Scope of the machine: this process and what it forks, until it execs, is not judged.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="throughExec">Also what it executes: the agent itself alone.</param>
    internal void Exempt(int pid, bool throughExec = false) => kernel.Map("exempt").Set((uint)pid, throughExec ? KeptThroughExec : 0UL);

    /// <summary>Scope of the machine: all who are exempt are written, everybody else is judged from here on.</summary>
    internal void JudgeMachine()
    {
        _ = kernel.Map(SettingsValue.Table).TryGet(0u, out SettingsValue now);
        kernel.Map(SettingsValue.Table).Set(0u, now with { Machine = SettingsValue.MachineJudged });
    }

    /// <summary>
    /// Puts another policy in force while the job runs. It was compiled with the present one as its predecessor, so its
    /// tables hold more and nothing else: no entry changes its meaning on the way.
    /// </summary>
    internal void Replace(CompiledPolicy policy)
    {
        _ = kernel.Map(SettingsValue.Table).TryGet(0u, out SettingsValue now);
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

    /// <inheritdoc cref="Guard.Protect"/>
    internal void Protect(int pid) => guard.Protect(pid);

    /// <summary>What the job has left of sudo from here on.</summary>
    internal void LeaveSudo(SudoLeft left) => guard.Leave(left);

    /// <summary>What findings do under a policy.</summary>
    internal static DetectionActions ActionsOf(CompiledPolicy policy) =>
        new(policy.Mode == PolicyMode.Block, policy.Detections) { Expected = policy.Expected };

    /// <summary>The job has ended: what changed until now is told.</summary>
    internal void EndWatch() => machine.End();

    internal int Drain(IRecordHandler handler) => Records.Drain(handler);

    public void Dispose()
    {
        Entrances?.Dispose();
        resolver?.Dispose();
        Daemons.Dispose();
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
        foreach (var program in ProbeSet.Tracing.Concat(ProbeSet.SendsOn(KernelVersion.OfThisMachine())))
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
