using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary>
/// <c>struct sp_daemon_asked</c>: a process of the job connected to a container runtime's socket; the path follows.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct DaemonAskedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Of the path, from the start of the record, bytes.</summary>
    public ushort PathOffset;

    /// <summary>Of the path, bytes; a leading NUL is an abstract name.</summary>
    public ushort PathLength;

    /// <summary>Whose the path is.</summary>
    public DaemonKind Kind;

    /// <summary>Zero.</summary>
    public uint Padding;
}
