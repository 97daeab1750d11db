using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_connection_closed</c>: a flow ended.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConnectionClosedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Of the socket.</summary>
    public ulong Cookie;

    /// <summary>Payload bytes sent.</summary>
    public ulong BytesOut;

    /// <summary>Payload bytes received.</summary>
    public ulong BytesIn;
}
