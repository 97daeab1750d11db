using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sallyport.Policy.Endpoints;

/// <summary>
/// The canonical form of a DNS name, the only one in which names are compared: lower case A-labels (RFC 5890) of
/// [a-z0-9_-], joined by dots, no trailing dot, at most 253 characters (RFC 1035 section 2.3.4).
/// </summary>
public static class HostName
{
    /// <summary>Characters of a name without trailing dot.</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    /// <summary>Brings a name to canonical form.</summary>
    /// <param name="text">A name in any case, possibly with U-labels and a trailing dot; no wildcard.</param>
    /// <param name="name">The canonical name, when true is returned.</param>
    /// <param name="mistake">What is wrong and what is accepted, when false is returned.</param>
    public static bool TryCanonicalize(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out string? name,
        [NotNullWhen(false)] out EndpointMistake? mistake)
    {
        name = null;
        if (text.EndsWith('.'))
        {
            text = text[..^1];
        }
        if (text.IsEmpty || text.Length > MaxLength)
        {
            mistake = new EndpointMistake("a name has 1 to 253 characters", "github.com");
            return false;
        }
        var output = new StringBuilder(text.Length);
        foreach (Range range in text.Split('.'))
        {
            if (output.Length > 0)
            {
                _ = output.Append('.');
            }
            mistake = AppendLabel(output, text[range]);
            if (mistake is not null)
            {
                return false;
            }
        }
        if (output.Length > MaxLength)
        {
            mistake = new EndpointMistake("the name is longer than 253 characters as A-labels", "a shorter name");
            return false;
        }
        string canonical = output.ToString();
        if (EndsInNumber(canonical))
        {
            mistake = new EndpointMistake(
                "a name that ends in a number is read as an IPv4 address by many programs, and this is no valid one",
                "four numbers from 0 to 255 without leading zeros, such as 198.51.100.7, or a name");
            return false;
        }
        name = canonical;
        mistake = null;
        return true;
    }

    /// <summary>Whether a name is below a zone, by whole labels: <c>a.example.com</c> is below <c>example.com</c>.</summary>
    /// <param name="name">Canonical.</param>
    /// <param name="zone">Canonical, without <c>*.</c>.</param>
    public static bool IsBelow(ReadOnlySpan<char> name, ReadOnlySpan<char> zone) =>
        name.Length > zone.Length + 1
        && name[name.Length - zone.Length - 1] == '.'
        && name.EndsWith(zone, StringComparison.Ordinal);

    private static EndpointMistake? AppendLabel(StringBuilder output, ReadOnlySpan<char> label)
    {
        if (label.IsEmpty)
        {
            return new EndpointMistake("a label between two dots is empty", "labels of 1 to 63 characters");
        }
        int start = output.Length;
        bool ascii = true;
        foreach (Rune rune in label.EnumerateRunes())
        {
            ascii &= rune.IsAscii;
            if (!IsAccepted(rune))
            {
                return rune.IsAscii
                    ? new EndpointMistake($"'{Escape.Text(rune.ToString())}' cannot stand in a name",
                        "letters, digits, '-' and '_'; a '*' only as the whole first label")
                    : new EndpointMistake($"U+{rune.Value:X4} has more than one written form",
                        "the A-label of the name, which begins with xn--");
            }
        }
        if (ascii)
        {
            foreach (char c in label)
            {
                _ = output.Append(char.ToLowerInvariant(c));
            }
        }
        else if (label.Length <= MaxLabelLength)
        {
            Span<char> lower = stackalloc char[MaxLabelLength];
            int length = label.ToLowerInvariant(lower);
            _ = output.Append(Punycode.Encode(lower[..length]));
        }
        return output.Length - start is 0 or > MaxLabelLength
            ? new EndpointMistake("a label is longer than 63 characters", "labels of 1 to 63 characters")
            : null;
    }

    /// <summary>
    /// Letters and digits that are the same in IDNA 2003 and 2008 and need no normalising. Combining marks, full-width
    /// forms, ß and ς are spelled differently by different programs: there only the A-label is exact.
    /// </summary>
    private static bool IsAccepted(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '_'
        : rune.Value is not (0xDF or 0x1E9E or 0x3C2 or 0xFFFD) and < 0xF900
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
            && rune.Value is < 0x1100 or > 0x11FF;

    private static bool EndsInNumber(string canonical)
    {
        ReadOnlySpan<char> last = canonical.AsSpan(canonical.LastIndexOf('.') + 1);
        return !last.ContainsAnyExceptInRange('0', '9');
    }
}
