using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Sallyport.Policy.Endpoints;

/// <summary>
/// A block of addresses in the 128-bit space that the kernel's table uses: IPv4 stands at ::ffff:0:0/96
/// (RFC 4291 section 2.5.5.2), so an IPv4 /n has length 96 + n.
/// </summary>
/// <param name="Bits">The address, most significant bit first; bits after <paramref name="Length"/> are zero.</param>
/// <param name="Length">0 to 128.</param>
public readonly record struct IpPrefix(UInt128 Bits, int Length)
{
    private static readonly UInt128 MappedBits = new(0, 0x0000_ffff_0000_0000);

    /// <summary>All of IPv4.</summary>
    public static IpPrefix AllIPv4 { get; } = new(MappedBits, 96);

    /// <summary>Whether the block is of IPv4 addresses.</summary>
    public bool IsIPv4 => Length >= 96 && Mask(Bits, 96) == MappedBits;

    /// <summary>Length as the family writes it: 0 to 32, or 0 to 128.</summary>
    public int FamilyLength => IsIPv4 ? Length - 96 : Length;

    /// <summary>Whether the block is one address.</summary>
    public bool IsSingle => Length == 128;

    /// <summary>The block of exactly one address; an IPv4-mapped IPv6 address is the IPv4 address.</summary>
    /// <param name="address">IPv4 or IPv6; a scope id is ignored.</param>
    public static IpPrefix Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        _ = address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new IpPrefix(BinaryPrimitives.ReadUInt128BigEndian(bytes), 128);
    }

    /// <summary>
    /// Whether every address of the other is in this block. An IPv6 block, even ::/0, holds no IPv4 addresses: who
    /// writes ::/0 means the other protocol.
    /// </summary>
    /// <param name="other">The narrower block.</param>
    public bool Contains(IpPrefix other) =>
        Length <= other.Length && Mask(other.Bits, Length) == Bits && IsIPv4 == other.IsIPv4;

    /// <summary>Writes the 16 bytes in network order.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);

    /// <summary>The first address of the block, in its own family.</summary>
    public IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>RFC 5952 text, with the length unless it is one address: <c>10.0.0.0/8</c>, <c>2001:db8::1</c>.</summary>
    public override string ToString() => IsSingle
        ? ToAddress().ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{ToAddress()}/{FamilyLength}");

    /// <summary>The bits up to a length, the rest zero.</summary>
    /// <param name="bits">An address.</param>
    /// <param name="length">0 to 128.</param>
    public static UInt128 Mask(UInt128 bits, int length) =>
        length == 0 ? UInt128.Zero : bits & (UInt128.MaxValue << (128 - length));
}
