using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_connection</c>: a flow, or a packet without one, was judged.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConnectionRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Of the socket; 0 when there is none.</summary>
    public ulong Cookie;

    /// <summary>Cookie of the network namespace.</summary>
    public ulong Network;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Of the destination.</summary>
    public AddressBytes Address;

    /// <summary>Of the destination, host order; for ICMP the type.</summary>
    public ushort Port;

    /// <summary>IPPROTO number.</summary>
    public byte Protocol;

    /// <summary>What was decided.</summary>
    public KernelVerdict Verdict;

    /// <summary>Why.</summary>
    public KernelReason Reason;

    /// <summary>Where.</summary>
    public KernelHook Hook;

    /// <summary>Number of the rule that decided; <see cref="WireLimits.NoRule"/> when none.</summary>
    public ushort Rule;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>Real user id in the initial user namespace.</summary>
    public uint Uid;

    /// <summary>Packets or attempts that this record stands for.</summary>
    public uint Count;
}
