using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary>
/// <c>struct sp_container_created</c>: a cgroup with a container's id was made for the job; the id follows.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContainerCreatedRecord
{
    /// <summary>Its process is the one that asked, when known.</summary>
    public RecordHeader Header;

    /// <summary>cgroup v2 id.</summary>
    public ulong Cgroup;

    /// <summary>Step tag; 0 when none.</summary>
    public uint Execution;

    /// <summary>Of the id, from the start of the record, bytes.</summary>
    public ushort IdOffset;

    /// <summary>Of the id, bytes: 64 hexadecimal digits, or 25 of 0-9 and a-z that BuildKit gave.</summary>
    public ushort IdLength;

    /// <summary>What is known of the request.</summary>
    public ContainerMarks Flags;

    /// <summary>Always 0.</summary>
    public uint Padding;
}
