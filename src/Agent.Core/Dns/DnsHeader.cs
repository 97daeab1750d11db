using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Dns;

/// <summary>The twelve bytes that every DNS message begins with (RFC 1035 section 4.1.1).</summary>
/// <param name="Id">Chosen by who asks.</param>
/// <param name="Flags">QR, opcode, AA, TC, RD, RA, reserved bits and RCODE.</param>
/// <param name="Questions">QDCOUNT.</param>
/// <param name="Answers">ANCOUNT.</param>
public readonly record struct DnsHeader(ushort Id, ushort Flags, ushort Questions, ushort Answers)
{
    /// <summary>Bytes of a header.</summary>
    public const int Bytes = 12;

    /// <summary>QR and opcode clear: a standard query.</summary>
    public bool IsQuery => (Flags & 0xf800) == 0;

    /// <summary>QR set, opcode clear.</summary>
    public bool IsResponse => (Flags & 0xf800) == 0x8000;

    /// <summary>RCODE; 0 is no error.</summary>
    public int Code => Flags & 0xf;

    /// <summary>Reads a header; false when the message is shorter than one.</summary>
    /// <param name="message">A message without its length.</param>
    /// <param name="header">Set when the result is true.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        if (message.Length < Bytes)
        {
            header = default;
            return false;
        }

        header = new DnsHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]));
        return true;
    }
}
