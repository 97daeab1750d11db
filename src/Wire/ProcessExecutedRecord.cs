using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_process_executed</c>: a process replaced its program; paths and arguments follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessExecutedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary><c>task->start_boottime</c>, nanoseconds.</summary>
    public ulong StartBootNs;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Of the executable.</summary>
    public ulong Inode;

    /// <summary>Change time of the executable, nanoseconds: with device, inode and size its identity.</summary>
    public ulong CtimeNs;

    /// <summary>Of the executable, bytes.</summary>
    public ulong Size;

    /// <summary>Of the executable, in the kernel's encoding: major &lt;&lt; 20 | minor.</summary>
    public uint Device;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Real user id in the initial user namespace.</summary>
    public uint Uid;

    /// <summary>Real group id in the initial user namespace.</summary>
    public uint Gid;

    /// <summary>What was cut short.</summary>
    public ExecMarks Flags;

    /// <summary>Bytes of argv as the process has it.</summary>
    public uint ArgvTotal;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>Of the executable's path, from the start of the record, bytes.</summary>
    public ushort ExeOffset;

    /// <summary>Of the executable's path, bytes.</summary>
    public ushort ExeLength;

    /// <summary>Of the working directory, from the start of the record, bytes.</summary>
    public ushort CwdOffset;

    /// <summary>Of the working directory, bytes.</summary>
    public ushort CwdLength;

    /// <summary>Of argv, from the start of the record, bytes.</summary>
    public ushort ArgvOffset;

    /// <summary>Of argv, bytes; arguments are separated by NUL.</summary>
    public ushort ArgvLength;
}
