using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_flow_named</c>: a flow said its name and was judged by it; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowNamedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Of the socket; 0 when there is none.</summary>
    public ulong Cookie;

    /// <summary>Cookie of the network namespace.</summary>
    public ulong Network;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Of the peer.</summary>
    public AddressBytes Address;

    /// <summary>Of the peer, host order.</summary>
    public ushort Port;

    /// <summary>How it said its name; 0 when it did not.</summary>
    public NameSource Source;

    /// <summary>What was decided.</summary>
    public KernelVerdict Verdict;

    /// <summary>Why.</summary>
    public KernelReason Reason;

    /// <summary>Zero.</summary>
    public byte Padding8;

    /// <summary>Number of the rule that decided; <see cref="WireLimits.NoRule"/> when none.</summary>
    public ushort Rule;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>Of the name, from the start of the record, bytes.</summary>
    public ushort NameOffset;

    /// <summary>Of the name, bytes.</summary>
    public ushort NameLength;

    /// <summary>What CONNECT or an absolute URI asks a proxy for, host order; 0 when none was said.</summary>
    public ushort AskedPort;

    /// <summary>Zero.</summary>
    public ushort Padding;
}
