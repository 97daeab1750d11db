using System.Buffers.Binary;
using System.Net;

namespace Sallyport.Lab.Traffic;

/// <summary>Reads Ethernet frames with IPv4 (RFC 791) or IPv6 (RFC 8200). Never throws on bytes.</summary>
internal static class PacketReader
{
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int UdpLite = 136;
    private const int Icmp = 1;
    private const int Icmp6 = 58;

    /// <summary>False for what is no IP packet, and for neighbour discovery and multicast reports (ICMPv6 130 to 143).
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<byte> frame, out CapturedPacket? packet)
    {
        packet = null;
        if (frame.Length < 34)
        {
            return false;
        }

        var network = frame[14..];
        return BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            0x0800 => TryReadV4(network, out packet),
            0x86DD when network.Length >= 40 => TryReadV6(network, out packet),
            _ => false,
        };
    }

    private static bool TryReadV4(ReadOnlySpan<byte> bytes, out CapturedPacket? packet)
    {
        packet = null;
        var header = (bytes[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (header < 20 || total < header || total > bytes.Length)
        {
            return false;
        }

        var isLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x1FFF) != 0;
        packet = Read(
            bytes[9], new IPAddress(bytes.Slice(12, 4)), new IPAddress(bytes.Slice(16, 4)), bytes[header..total],
            isLaterFragment);
        return true;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> bytes, out CapturedPacket? packet)
    {
        packet = null;
        var total = Math.Min(bytes.Length, 40 + BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));
        int next = bytes[6];
        var at = 40;
        var isLaterFragment = false;
        while (next is 0 or 43 or 44 or 60 && at + 8 <= total)
        {
            isLaterFragment |= next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) & 0xFFF8) != 0;
            var length = next == 44 ? 8 : 8 + (bytes[at + 1] * 8);
            next = bytes[at];
            at += length;
        }

        if (at > total || (next == Icmp6 && at < total && bytes[at] is >= 130 and <= 143))
        {
            return false;
        }

        packet = Read(
            next, new IPAddress(bytes.Slice(8, 16)), new IPAddress(bytes.Slice(24, 16)), bytes[at..total],
            isLaterFragment);
        return true;
    }

    private static CapturedPacket Read(
        int protocol, IPAddress from, IPAddress to, ReadOnlySpan<byte> bytes, bool isLaterFragment)
    {
        if (protocol == Tcp && !isLaterFragment && bytes.Length >= 20)
        {
            var header = Math.Clamp((bytes[12] >> 4) * 4, 20, bytes.Length);
            var sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            var flags = bytes[13];
            // A SYN takes one sequence number, before the data of a Fast Open.
            return new CapturedPacket(
                protocol, from, Port(bytes), to, Port(bytes[2..]), bytes[header..].ToArray(),
                (flags & 2) != 0 ? sequence + 1 : sequence, flags);
        }

        if (protocol is Udp or UdpLite && !isLaterFragment && bytes.Length >= 8)
        {
            return new CapturedPacket(
                protocol, from, Port(bytes), to, Port(bytes[2..]), bytes[8..].ToArray(), 0, 0);
        }

        var type = protocol is Icmp or Icmp6 && bytes.Length > 0 ? bytes[0] : 0;
        return new CapturedPacket(protocol, from, 0, to, type, bytes.ToArray(), 0, 0);
    }

    private static int Port(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
