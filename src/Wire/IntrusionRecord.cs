using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_intrusion</c>: a call that reaches into another process, or into what watches.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IntrusionRecord
{
    /// <summary>What every record begins with; the process did it.</summary>
    public RecordHeader Header;

    /// <summary>cgroup v2 id of the process.</summary>
    public ulong Cgroup;

    /// <summary>Process id of the target; 0 when it has none. A socket's cookie where the call says so.</summary>
    public ulong Target;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Step tag of the process.</summary>
    public uint Execution;

    /// <summary>Thread group id of the target in the initial pid namespace; 0 when it is nobody's.</summary>
    public uint TargetPid;

    /// <summary>Step tag of the target.</summary>
    public uint TargetExecution;

    /// <summary>Number of the system call, command of bpf(2), operation of io_uring, or kind of the object: see the call.</summary>
    public uint Detail;

    /// <summary>Calls that this record stands for.</summary>
    public uint Count;

    /// <summary>What it reached for.</summary>
    public IntrusionCall Call;

    /// <summary>Whose.</summary>
    public IntrusionTarget TargetKind;

    /// <summary>1 when the process was killed before it had what it asked for.</summary>
    public byte Blocked;

    /// <summary>Zero.</summary>
    public uint Padding;
}
