using System.Globalization;
using System.Text;

namespace Sallyport.Agent.Commands;

/// <summary>Text that somebody else wrote, for one line of a terminal.</summary>
internal static class Printable
{
    /// <summary>Bound on what is shown, characters.</summary>
    private const int MaximumLength = 200;

    /// <summary>
    /// Control characters, also those of C1 and those that turn the direction of writing, are shown as \u{…}: none can
    /// move the cursor, colour the screen or end the line. Long text is cut in the middle.
    /// </summary>
    internal static string Line(string text)
    {
        var shown = text.Length <= MaximumLength
            ? text
            : string.Concat(text.AsSpan(0, MaximumLength / 2), "…", text.AsSpan(text.Length - MaximumLength / 2));
        var line = new StringBuilder(shown.Length);
        foreach (var rune in shown.EnumerateRunes())
        {
            _ = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
                ? line.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}")
                : line.Append(rune);
        }

        return line.ToString();
    }
}
