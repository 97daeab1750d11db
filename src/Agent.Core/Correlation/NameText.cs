using System.Buffers;
using System.Text;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Names from the network as text: lower case, bytes outside <c>[a-z0-9_.-]</c> as <c>\DDD</c> in decimal (RFC 1035
/// section 5.1, RFC 4343 section 2.1), so that no name can carry markup, control characters or look-alikes.
/// </summary>
internal static class NameText
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-"u8);

    public static string Read(ReadOnlySpan<byte> name)
    {
        if (!name.ContainsAnyExcept(Plain))
        {
            return Encoding.ASCII.GetString(name);
        }

        var text = new StringBuilder(name.Length + 16);
        foreach (var value in name)
        {
            if (Plain.Contains(value))
            {
                text.Append((char)value);
            }
            else if (char.IsAsciiLetterUpper((char)value))
            {
                text.Append((char)(value | 0x20));
            }
            else
            {
                text.Append('\\').Append((char)('0' + (value / 100))).Append((char)('0' + (value / 10 % 10)))
                    .Append((char)('0' + (value % 10)));
            }
        }

        return text.ToString();
    }
}
