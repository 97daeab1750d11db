using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Sallyport.Demo.World;

/// <summary>The one question of a DNS query (RFC 1035 section 4.1), and replies to it.</summary>
/// <param name="Name">In lower case, labels separated by dots, no trailing dot.</param>
/// <param name="Type">QTYPE; 1 is A.</param>
/// <param name="Message">Header and question as received, without any additional record.</param>
internal readonly record struct DnsQuestion(string Name, ushort Type, ReadOnlyMemory<byte> Message)
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1;
    private const ushort ResponseRecursionAvailable = 0x8180;
    private const ushort NameError = 3;
    private const int SecondsToLive = 60;

    internal static bool TryRead(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        if (message.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        var name = new StringBuilder();
        int at = HeaderBytes;
        while (at < message.Length && message[at] != 0)
        {
            int length = message[at];
            if (length > 63 || at + 1 + length > message.Length)
            {
                return false;
            }

            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.Latin1.GetString(message.Slice(at + 1, length)));
            at += 1 + length;
        }

        int end = at + 5;
        if (end > message.Length)
        {
            return false;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]);
        question = new DnsQuestion(name.ToString().ToLowerInvariant(), type, message[..end].ToArray());
        return true;
    }

    /// <summary>The address for an A question, no data for another type, NXDOMAIN when there is no address.</summary>
    internal byte[] Reply(IPAddress? address)
    {
        bool answers = address is not null && this.Type == TypeA;
        var reply = new byte[this.Message.Length + (answers ? 16 : 0)];
        this.Message.Span.CopyTo(reply);
        ushort code = address is null ? NameError : (ushort)0;
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)(ResponseRecursionAvailable | code));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), (ushort)(answers ? 1 : 0));
        reply.AsSpan(8, 4).Clear();
        if (answers)
        {
            // c0 0c (the name of the question), type A, class IN, TTL, four bytes of address.
            Span<byte> record = reply.AsSpan(this.Message.Length);
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xc00c);
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
            BinaryPrimitives.WriteInt32BigEndian(record[6..], SecondsToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
            address!.GetAddressBytes().CopyTo(record[12..]);
        }

        return reply;
    }
}
