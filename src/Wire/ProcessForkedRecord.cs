using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_process_forked</c>: a process of the job began.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessForkedRecord
{
    /// <summary>Its process is the child.</summary>
    public RecordHeader Header;

    /// <summary>Process id of the parent; 0 when outside the job.</summary>
    public ulong Parent;

    /// <summary><c>task->start_boottime</c>, nanoseconds: with pid, the identity of a process.</summary>
    public ulong StartBootNs;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Thread group id of the parent in the initial pid namespace.</summary>
    public uint ParentPid;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>What is special about this fork.</summary>
    public ForkMarks Flags;
}
