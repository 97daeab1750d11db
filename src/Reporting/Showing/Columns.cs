using System.Text;

namespace Sallyport.Reporting.Showing;

/// <summary>Widths of text on a terminal, in cells.</summary>
internal static class Columns
{
    public static int WidthOf(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
        }

        return width;
    }

    /// <summary>At most so many cells: what does not fit is cut out of the middle, where names differ least.</summary>
    public static string Cut(string text, int cells)
    {
        if (WidthOf(text) <= cells)
        {
            return text;
        }

        if (cells <= 1)
        {
            return "…";
        }

        var tail = (cells - 1) / 2;
        return Head(text, cells - 1 - tail) + "…" + Tail(text, tail);
    }

    /// <summary>Exactly so many cells, or more when it is longer.</summary>
    public static string Pad(string text, int cells) => text + new string(' ', Math.Max(0, cells - WidthOf(text)));

    private static string Head(string text, int cells)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            cells -= WidthOf(rune);
            if (cells < 0)
            {
                break;
            }

            shown.Append(rune.ToString());
        }

        return shown.ToString();
    }

    private static string Tail(string text, int cells)
    {
        var start = text.Length;
        while (start > 0)
        {
            var size = start > 1 && char.IsSurrogatePair(text[start - 2], text[start - 1]) ? 2 : 1;
            cells -= WidthOf(text.AsSpan(start - size, size));
            if (cells < 0)
            {
                break;
            }

            start -= size;
        }

        return text[start..];
    }

    private static int WidthOf(ReadOnlySpan<char> one) =>
        Rune.DecodeFromUtf16(one, out var rune, out _) == System.Buffers.OperationStatus.Done ? WidthOf(rune) : 1;

    // UAX 11, the ranges that every terminal draws wide.
    private static int WidthOf(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        _ when Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.EnclosingMark => 0,
        >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3 or >= 0xf900 and <= 0xfaff
            or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6
            or >= 0x1f300 and <= 0x1faff or >= 0x20000 and <= 0x3fffd => 2,
        _ => 1,
    };
}
