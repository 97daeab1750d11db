using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Dns;

/// <summary>Ranges of addresses of 16 bytes in network order, IPv4 as ::ffff:a.b.c.d.</summary>
public static class AddressRanges
{
    /// <summary>::ffff:0:0/96 (RFC 4291 section 2.5.5.2).</summary>
    public static ReadOnlySpan<byte> Mapped => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>64:ff9b::/96 (RFC 6052 section 2.1): an IPv4 destination behind a gateway.</summary>
    public static ReadOnlySpan<byte> Nat64 => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>
    /// What an answer may not lease unless an address rule covers it: private (RFC 1918, RFC 4193), shared (RFC 6598),
    /// link-local with the metadata services in it, loopback, multicast and reserved, and the wire server
    /// 168.63.129.16, which stands in a public range.
    /// </summary>
    /// <param name="address">16 bytes.</param>
    public static bool IsInward(ReadOnlySpan<byte> address)
    {
        if (address.StartsWith(Mapped))
        {
            var ip = BinaryPrimitives.ReadUInt32BigEndian(address[12..]);
            return ip >> 24 is 0 or 10 or 127 || ip >> 20 == 0xac1 || ip >> 16 is 0xc0a8 or 0xa9fe || ip >> 22 == 0x191
                || ip >= 0xe0000000 || ip == 0xa83f8110;
        }

        var isLoopback = !address[..15].ContainsAnyExcept((byte)0) && address[15] <= 1;
        return isLoopback || (address[0] & 0xfe) == 0xfc || (address[0] == 0xfe && (address[1] & 0xc0) == 0x80)
            || address[0] == 0xff;
    }
}
