using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_name_asked</c>: a DNS question was judged; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NameAskedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Of the socket; 0 when there is none.</summary>
    public ulong Cookie;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Address that was asked.</summary>
    public AddressBytes Resolver;

    /// <summary>QTYPE (RFC 1035 section 3.2.3).</summary>
    public ushort QuestionType;

    /// <summary>What was decided.</summary>
    public KernelVerdict Verdict;

    /// <summary>Why.</summary>
    public KernelReason Reason;

    /// <summary>Number of the rule that decided; <see cref="WireLimits.NoRule"/> when none.</summary>
    public ushort Rule;

    /// <summary>IPPROTO number.</summary>
    public ushort Transport;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>Of the name, from the start of the record, bytes.</summary>
    public ushort NameOffset;

    /// <summary>Of the name, bytes: lower case, dots, no trailing dot.</summary>
    public ushort NameLength;

    /// <summary>Zero.</summary>
    public uint Padding;
}
