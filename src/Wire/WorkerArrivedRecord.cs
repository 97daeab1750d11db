using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_worker_arrived</c>: a program named Runner.Worker began; from the service's own object.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WorkerArrivedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary><c>task->start_boottime</c>, nanoseconds.</summary>
    public ulong StartBootNs;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>1: it is stopped until the agent lets it go.</summary>
    public uint Held;
}
