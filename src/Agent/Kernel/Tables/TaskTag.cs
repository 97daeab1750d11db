using System.Runtime.InteropServices;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>struct task_tag.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TaskTag
{
    /// <summary>A container runtime: judged only while the job uses it, its children never.</summary>
    internal const ushort Daemon = 1;

    /// <summary>Runner.Worker: what it forks opens an execution.</summary>
    internal const ushort Worker = 2;

    /// <summary>Runner.Listener: judged, its children are not the job's.</summary>
    internal const ushort Runner = 4;

    /// <summary>First process of an execution, before its exec.</summary>
    internal const ushort Opens = 8;

    /// <summary>Scope of the machine: no step is known to have begun it.</summary>
    internal const ushort Machine = 64;

    internal const byte NoPolicy = 0xff;

    /// <summary>SP_TICK_NS.</summary>
    private const ulong TickNs = 10_000_000;

    internal ulong Process;

    /// <summary>Of the process that it is for; what the agent writes is to the tick, rounded down.</summary>
    internal ulong StartBootNs;
    internal ulong Cgroup;
    internal uint Execution;
    internal byte StepPolicy;
    internal byte ExePolicy;
    internal ushort Flags;

    internal static ulong StartOf(ProcessIdentity process) => (ulong)process.StartTicks * TickNs;

    /// <summary>False when an earlier process had the same number, and its tag is still there: the kernel takes none from it.</summary>
    internal readonly bool IsOf(ProcessIdentity process) => StartBootNs / TickNs == (ulong)process.StartTicks;
}
