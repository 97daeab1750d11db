using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Sallyport.Policy.Endpoints;

/// <summary>Reads IPv4, IPv6 (RFC 4291 section 2.2) and CIDR blocks (RFC 4632), strictly: no octal, no zone id.</summary>
internal static class AddressReader
{
    private static readonly SearchValues<char> DigitsAndDots = SearchValues.Create("0123456789./");
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static bool LooksLikeAddress(ReadOnlySpan<char> host) =>
        host.StartsWith('[') || host.Contains(':')
        || host.Contains('.') && !host.ContainsAnyExcept(DigitsAndDots);

    public static bool TryRead(
        ReadOnlySpan<char> host, out IpPrefix prefix, [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        prefix = default;
        if (!TryUnwrap(host, out ReadOnlySpan<char> address, out ReadOnlySpan<char> length))
        {
            mistake = new EndpointMistake("the brackets do not hold an IPv6 address", "[2001:db8::1]:443");
            return false;
        }
        bool six = address.Contains(':');
        UInt128 bits = default;
        if (!(six ? TryReadSix(address, out bits) : TryReadFour(address, out bits)))
        {
            mistake = six
                ? new EndpointMistake("not an IPv6 address", "[2001:db8::1]:443, without zone id")
                : new EndpointMistake("not an IPv4 address", "four numbers from 0 to 255 without leading zeros");
            return false;
        }
        int limit = six ? 128 : 32;
        int size = limit;
        if (!length.IsEmpty && !TryReadLength(length[1..], limit, out size))
        {
            mistake = new EndpointMistake("the prefix length cannot be read",
                $"a number from 0 to {limit}, without leading zeros");
            return false;
        }
        prefix = new IpPrefix(bits, six ? size : 96 + size);
        return CheckBlock(bits, ref prefix, out mistake);
    }

    private static bool CheckBlock(UInt128 bits, ref IpPrefix prefix, [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        UInt128 masked = IpPrefix.Mask(bits, prefix.Length);
        prefix = prefix with { Bits = masked };
        mistake = masked == bits ? null : new EndpointMistake("bits after the prefix length are set", prefix.ToString());
        return mistake is null;
    }

    // [2001:db8::1]  [2001:db8::/32]  [2001:db8::]/32  2001:db8::/32  10.0.0.0/8
    private static bool TryUnwrap(ReadOnlySpan<char> host, out ReadOnlySpan<char> address, out ReadOnlySpan<char> length)
    {
        ReadOnlySpan<char> inner = host;
        length = default;
        if (host.StartsWith('['))
        {
            int close = host.IndexOf(']');
            inner = host[1..close];
            length = host[(close + 1)..];
            if (!inner.Contains(':') || !length.IsEmpty && (length[0] != '/' || inner.Contains('/')))
            {
                address = default;
                return false;
            }
        }
        int slash = inner.IndexOf('/');
        address = slash < 0 ? inner : inner[..slash];
        length = slash < 0 ? length : inner[slash..];
        return true;
    }

    private static bool TryReadSix(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = default;
        if (text.ContainsAnyExcept(Hexadecimal) || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }
        bits = IpPrefix.Of(address).Bits;
        return true;
    }

    private static bool TryReadFour(ReadOnlySpan<char> text, out UInt128 bits)
    {
        uint value = 0;
        int parts = 0;
        bool good = true;
        foreach (Range range in text.Split('.'))
        {
            good &= TryReadNumber(text[range], 255, out int part);
            value = (value << 8) | (uint)part;
            parts++;
        }
        bits = IpPrefix.AllIPv4.Bits | value;
        return good && parts == 4;
    }

    private static bool TryReadLength(ReadOnlySpan<char> text, int limit, out int length) =>
        TryReadNumber(text, limit, out length);

    private static bool TryReadNumber(ReadOnlySpan<char> text, int limit, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 3
            && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= limit;
    }
}
