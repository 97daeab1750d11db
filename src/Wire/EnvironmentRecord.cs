using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary>
/// <c>struct sp_environment</c>: a piece of the environment that an execution's first program began with; the bytes
/// follow, NUL-separated.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct EnvironmentRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Which execution.</summary>
    public uint Execution;

    /// <summary>Bytes of the whole environment; more than <see cref="WireLimits.EnvironmentBytes"/> are not sent.</summary>
    public uint Total;

    /// <summary>Of this piece in it, bytes.</summary>
    public uint Position;

    /// <summary>1: the process is stopped until the agent lets it go.</summary>
    public uint Held;

    /// <summary>Of the piece, from the start of the record, bytes.</summary>
    public ushort DataOffset;

    /// <summary>Of the piece, bytes.</summary>
    public ushort DataLength;

    /// <summary>Zero.</summary>
    public uint Padding;
}
