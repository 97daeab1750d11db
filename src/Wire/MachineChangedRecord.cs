using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary>
/// <c>struct sp_machine_changed</c>: the job changed where packets go, or what names mean; what the kernel tells of it
/// follows.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct MachineChangedRecord
{
    /// <summary>What every record begins with; the process did it.</summary>
    public RecordHeader Header;

    /// <summary>cgroup v2 id of the process.</summary>
    public ulong Cgroup;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Step tag of the process.</summary>
    public uint Execution;

    /// <summary>Bytes that the kernel told; more than <see cref="DataLength"/> when cut off.</summary>
    public uint Total;

    /// <summary>How the data is read.</summary>
    public ChangeSource Source;

    /// <summary>Of the data, from the start of the record, bytes.</summary>
    public ushort DataOffset;

    /// <summary>Of the data, bytes.</summary>
    public ushort DataLength;

    /// <summary>Zero.</summary>
    public ushort Padding16;

    /// <summary>Zero.</summary>
    public uint Padding;
}
