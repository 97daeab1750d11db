using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Agent.Core.Dns;

/// <summary>An entry of the question section (RFC 1035 section 4.1.2).</summary>
/// <param name="Name">QNAME.</param>
/// <param name="Type">QTYPE.</param>
/// <param name="Class">QCLASS; 1 is IN.</param>
public sealed record DnsQuestion(DnsName Name, ushort Type, ushort Class)
{
    /// <summary>
    /// Reads the first question, which stands behind the header. A compressed name is not accepted there.
    /// </summary>
    /// <param name="message">A message without its length; any bytes.</param>
    /// <param name="question">Set when the result is true.</param>
    /// <param name="end">The byte behind the question.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> message, [NotNullWhen(true)] out DnsQuestion? question, out int end)
    {
        question = null;
        if (!DnsName.TryRead(message, DnsHeader.Bytes, mayPoint: false, out var name, out end)
            || message.Length - end < 4)
        {
            return false;
        }

        question = new DnsQuestion(
            name,
            BinaryPrimitives.ReadUInt16BigEndian(message[end..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(end + 2)..]));
        end += 4;
        return true;
    }
}
