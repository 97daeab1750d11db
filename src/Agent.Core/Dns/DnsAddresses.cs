using System.Buffers.Binary;
using System.Collections.Immutable;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Dns;

/// <summary>
/// The addresses that a question leads to in an answer: of its name, or of the end of the CNAME chain that begins with
/// it (RFC 1034 section 3.6.2), in the order of the answer section. Records of other names, and those of the other
/// sections, are not the question's. Bounded by the message: 64 KiB hold at most 4095 of them.
/// </summary>
/// <param name="Found">IPv4 mapped; of NAT64 (RFC 6052) the IPv4 address that it carries.</param>
/// <param name="TtlSeconds">Smallest of their TTLs; <see cref="uint.MaxValue"/> when there are none.</param>
public sealed record DnsAddresses(ImmutableArray<AddressBytes> Found, uint TtlSeconds)
{
    private const ushort Internet = 1;
    private const ushort Ip4 = 1;
    private const ushort Alias = 5;
    private const ushort Ip6 = 28;
    private const int FixedBytes = 10;

    /// <summary>None.</summary>
    public static DnsAddresses None { get; } = new([], uint.MaxValue);

    /// <summary>Reads an answer as far as it can be read.</summary>
    /// <param name="message">Without its length; any bytes.</param>
    /// <param name="question">What was asked. An answer to another question, or with an error, leads nowhere.</param>
    public static DnsAddresses Read(ReadOnlySpan<byte> message, DnsQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (!DnsHeader.TryRead(message, out var header) || !header.IsResponse || header.Code != 0
            || header.Questions != 1
            || !DnsQuestion.TryRead(message, out var answered, out var at) || answered != question)
        {
            return None;
        }

        var found = ImmutableArray.CreateBuilder<AddressBytes>();
        var target = question.Name;
        var ttl = uint.MaxValue;
        for (var left = header.Answers; left > 0; left--)
        {
            if (!DnsName.TryRead(message, at, mayPoint: true, out var owner, out at)
                || message.Length - at < FixedBytes)
            {
                break;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var isOurs = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == Internet && target.Equals(owner);
            var seconds = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += FixedBytes;
            if (message.Length - at < length)
            {
                break;
            }

            if (isOurs && type == Alias)
            {
                if (!DnsName.TryRead(message, at, mayPoint: true, out target, out _))
                {
                    break;
                }
            }
            else if (isOurs && (type, length) is (Ip4, 4) or (Ip6, 16))
            {
                found.Add(Of(message.Slice(at, length)));
                ttl = Math.Min(ttl, seconds);
            }

            at += length;
        }

        return new DnsAddresses(found.ToImmutable(), ttl);
    }

    private static AddressBytes Of(ReadOnlySpan<byte> data)
    {
        var address = default(AddressBytes);
        if (data.Length == AddressBytes.Length && !data.StartsWith(AddressRanges.Nat64))
        {
            data.CopyTo(address);
            return address;
        }

        AddressRanges.Mapped.CopyTo(address);
        data[^4..].CopyTo(address[12..]);
        return address;
    }
}
