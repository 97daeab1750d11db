using System.Net;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Makes the job's what was there before the kernel counted: processes, executions, sockets, cgroups. The kernel tags by itself what
/// these begin.
/// </summary>
/// <param name="kernel">Loaded.</param>
/// <param name="records">Told of each process.</param>
/// <param name="network">Cookie of the network namespace that the agent is in.</param>
internal sealed class Adoption(KernelObject kernel, AgentRecords records, ulong network)
{
    /// <summary>The command's first process; the kernel counts on from here.</summary>
    internal const ulong RootProcess = 1;

    /// <summary>Numbers that are kept for processes of a runner that run already: the kernel counts on behind them.</summary>
    internal const ulong AdoptedProcesses = 1024;

    /// <summary>The same of executions.</summary>
    internal const uint AdoptedExecutions = 63;

    /// <summary>Where numbers go on when <see cref="AdoptedProcesses"/> are used up: the kernel never gets there.</summary>
    private const ulong MoreAdopted = 1UL << 48;

    private ulong adopted;
    private uint adoptedExecutions;

    /// <summary>Of a process that waits to be let go.</summary>
    internal void AdoptRoot(int pid)
    {
        var process = ProcessIdentity.Of(pid)
            ?? throw new KernelUnavailableException("the first process of the command ended before it was let go");
        var cgroup = CgroupOf(pid);
        kernel.Map("tasks").Set((uint)pid, new TaskTag
        {
            Process = RootProcess,
            StartBootNs = TaskTag.StartOf(process),
            Cgroup = cgroup,
            ExePolicy = TaskTag.NoPolicy,
        });
        records.AddProcess(RootProcess, (uint)pid, cgroup);
    }

    /// <summary>
    /// Tags a process of the runner. One that the kernel has tagged meanwhile, by its parent's fork, keeps that tag; one that only goes by
    /// the name of a container runtime does not.
    /// </summary>
    /// <returns>The number of its tag; 0 when it is gone.</returns>
    internal ulong Adopt(AdoptedTask task)
    {
        if (ProcessIdentity.Of(task.Pid) is not { } identity)
        {
            return 0;
        }

        var cgroup = CgroupOf(task.Pid);
        var process = ++adopted <= AdoptedProcesses ? adopted : MoreAdopted + adopted;
        var tag = new TaskTag
        {
            Process = process,
            StartBootNs = TaskTag.StartOf(identity),
            Cgroup = cgroup,
            Execution = task.Execution,
            StepPolicy = task.StepPolicy,
            ExePolicy = TaskTag.NoPolicy,
            Flags = task.Flags,
        };
        var tasks = kernel.Map("tasks");
        if (!tasks.TryAdd((uint)task.Pid, tag))
        {
            if (tasks.TryGet((uint)task.Pid, out TaskTag known) && known.IsOf(identity) && (known.Flags & TaskTag.Daemon) == 0)
            {
                adopted--;
                return known.Process;
            }

            tasks.Set((uint)task.Pid, tag); // what is there was another's
        }

        records.AddProcess(process, (uint)task.Pid, cgroup, task.Parent, task.Execution, task.OpensExecution);
        if (ProcText.TryReadLink($"/proc/{task.Pid}/exe") is { } exe)
        {
            records.AddProgram(
                process, (uint)task.Pid, exe, ProcessLook.TryRead(task.Pid, "cmdline", 4095) ?? [], task.Execution);
            return process;
        }

        // Gone between the look and the tag.
        tasks.Remove((uint)task.Pid);
        return 0;
    }

    /// <summary>A number for an execution that began before the kernel counted; 0 when there are too many.</summary>
    internal uint NextExecution() => adoptedExecutions < AdoptedExecutions ? ++adoptedExecutions : 0;

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
        _ = kernel.Map(SettingsValue.Table).TryGet(0u, out SettingsValue now);
        _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
        {
            Process = process,
            Cgroup = container,
            Network = of == 0 ? network : of,
            Execution = execution,
            StepPolicy = now.HoldsExecutions != 0 ? now.UnknownPolicy : (byte)0,
            Flags = ListeningSockets.Listens(descriptor) ? 0 : FlowValue.Inherited,
            ExePolicy = TaskTag.NoPolicy,
        });
        if (container != 0 && of != 0 && of != network)
        {
            _ = kernel.Map("networks").TrySet(of, container);
        }
    }

    internal void AdoptCgroup(string path) => kernel.Map("cgroups").Set(FileIdentity.Inode(path), default(CgroupTag));

    internal void AdoptSocket(int descriptor) => _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
    {
        Process = RootProcess,
        Network = network,
        Flags = FlowValue.Inherited,
        ExePolicy = TaskTag.NoPolicy,
    });

    private static ulong CgroupOf(int pid) => FileIdentity.Inode(
        CgroupHierarchy.OfThisMachine()?.MountPoint + CgroupHierarchy.PathOf(ProcText.TryRead($"/proc/{pid}/cgroup") ?? string.Empty));
}
