using System.Net;

namespace Sallyport.Lab.Traffic;

/// <summary>One packet as it arrived on the world's side of the wire.</summary>
/// <param name="Protocol">IP protocol number of the last header (RFC 5237), extension headers skipped.</param>
/// <param name="Source">Sender.</param>
/// <param name="SourcePort">0 for protocols without ports and for later fragments.</param>
/// <param name="Destination">Receiver.</param>
/// <param name="DestinationPort">As <paramref name="SourcePort"/>; for ICMP the type.</param>
/// <param name="Payload">Bytes behind the transport header.</param>
/// <param name="TcpSequence">Of the first payload byte.</param>
/// <param name="TcpFlags">Byte 13 of the TCP header.</param>
public sealed record CapturedPacket(
    int Protocol,
    IPAddress Source,
    int SourcePort,
    IPAddress Destination,
    int DestinationPort,
    ReadOnlyMemory<byte> Payload,
    uint TcpSequence,
    byte TcpFlags)
{
    public bool OpensConnection => Protocol == 6 && (TcpFlags & 0x12) == 0x02;

    /// <summary>
    /// The end of a connection that an earlier run opened (FIN, RST, ACK without data): its container is gone and the
    /// kernel still says goodbye. A connection of this run shows by its SYN, and data by its bytes.
    /// </summary>
    public bool IsFarewell => Protocol == 6 && Payload.IsEmpty && (TcpFlags & 0x02) == 0;

    public override string ToString() =>
        $"{Protocol} {Source}:{SourcePort} > {Destination}:{DestinationPort}, {Payload.Length} bytes";
}
