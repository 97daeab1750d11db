using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Addresses as text: IPv4-mapped ones dotted, all others as RFC 5952 section 4 says (lower case, no leading zeros, the
/// first longest run of two or more zero groups as <c>::</c>). No group is ever written dotted inside an IPv6 address.
/// </summary>
internal static class AddressText
{
    private const int Groups = 8;

    public static string Read(ReadOnlySpan<byte> address)
    {
        if (IsMapped(address))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{address[12]}.{address[13]}.{address[14]}.{address[15]}");
        }

        var (start, length) = LongestZeros(address);
        var text = new StringBuilder(39);
        for (var group = 0; group < Groups; group++)
        {
            if (group == start)
            {
                text.Append("::");
                group += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(Group(address, group).ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> address)
    {
        var (start, length) = (-1, 1);
        for (var group = 0; group < Groups; group++)
        {
            var end = group;
            while (end < Groups && Group(address, end) == 0)
            {
                end++;
            }

            if (end - group > length)
            {
                (start, length) = (group, end - group);
            }

            group = Math.Max(group, end - 1);
        }

        return (start, length);
    }

    private static ushort Group(ReadOnlySpan<byte> address, int group) =>
        BinaryPrimitives.ReadUInt16BigEndian(address[(group * 2)..]);

    private static bool IsMapped(ReadOnlySpan<byte> address) =>
        !address[..10].ContainsAnyExcept((byte)0) && address[10] == 0xff && address[11] == 0xff;
}
