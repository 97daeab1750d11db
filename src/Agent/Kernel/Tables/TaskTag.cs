using System.Runtime.InteropServices;

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

    internal const byte NoPolicy = 0xff;

    internal ulong Process;
    internal ulong StartBootNs;
    internal ulong Cgroup;
    internal uint Execution;
    internal byte StepPolicy;
    internal byte ExePolicy;
    internal ushort Flags;
}
