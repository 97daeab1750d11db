using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Dns;

/// <summary>Answers without records: what a client gets instead of an answer from its resolver.</summary>
public static class DnsReply
{
    /// <summary>RCODE 0 without records: the name is there, nothing of this type.</summary>
    public const int NoData = 0;

    /// <summary>RCODE 1, FORMERR: the message cannot be understood.</summary>
    public const int FormatError = 1;

    /// <summary>RCODE 2, SERVFAIL: the resolver could not be asked.</summary>
    public const int ServerFailure = 2;

    /// <summary>RCODE 3, NXDOMAIN: there is no such name.</summary>
    public const int NoSuchName = 3;

    private const ushort ResponseAndRecursionAvailable = 0x8080;
    private const ushort RecursionDesired = 0x0100;

    /// <summary>
    /// Header and question of a message, turned into its answer; empty when it has no header to answer to.
    /// </summary>
    /// <param name="message">What was asked, without its length; any bytes.</param>
    /// <param name="code">RCODE, 0 to 15.</param>
    public static byte[] To(ReadOnlySpan<byte> message, int code)
    {
        if (!DnsHeader.TryRead(message, out var header))
        {
            return [];
        }

        var asked = header.Questions == 1 && DnsQuestion.TryRead(message, out _, out var end) ? end : DnsHeader.Bytes;
        var reply = message[..asked].ToArray();
        var flags = (header.Flags & RecursionDesired) | ResponseAndRecursionAvailable | (code & 0xf);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(4), (ushort)(asked > DnsHeader.Bytes ? 1 : 0));
        reply.AsSpan(6, 6).Clear();
        return reply;
    }
}
