using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_header</c>: the first 32 bytes of every record.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RecordHeader
{
    /// <summary>Which structure this is.</summary>
    public RecordType Type;

    /// <summary><see cref="WireLimits.WireVersion"/>.</summary>
    public ushort Version;

    /// <summary>Bytes of the whole record.</summary>
    public uint Length;

    /// <summary>CLOCK_BOOTTIME, nanoseconds.</summary>
    public ulong BootNs;

    /// <summary>Where the record was written.</summary>
    public uint Cpu;

    /// <summary>Of this CPU and this ring, from 1: a gap is a loss.</summary>
    public uint Sequence;

    /// <summary>Id given by the job's counter; 0 when not known.</summary>
    public ulong Process;
}
