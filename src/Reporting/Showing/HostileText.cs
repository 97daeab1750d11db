using System.Globalization;
using System.Text;

namespace Sallyport.Reporting.Showing;

/// <summary>
/// Text that the job chose, made safe to show. What a reader could not see or what a terminal, a log or a page would
/// act on becomes visible: control characters and ANSI, bidirectional overrides and zero-width characters (UAX 9,
/// "Trojan Source"), private and unassigned code points, odd spaces, and the commands of the Actions runner.
/// </summary>
internal static class HostileText
{
    // Real scripts stack two marks on a letter; more is there to smear over the lines around it.
    private const int MaximumMarks = 2;

    /// <summary>One line of plain text, for a terminal or a log.</summary>
    public static string Plain(string text)
    {
        var start = FirstToEscape(text);
        if (start < 0)
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = IsMark(rune) ? marks + 1 : 0;
            if (IsInvisible(rune) || marks > MaximumMarks)
            {
                AppendEscaped(shown, rune.Value);
            }
            else
            {
                shown.Append(rune.ToString());
            }
        }

        return WithoutRunnerCommands(shown.ToString());
    }

    /// <summary>For the text of an HTML element or a quoted attribute.</summary>
    public static string Html(string text)
    {
        var plain = Plain(text);
        var shown = new StringBuilder(plain.Length + 16);
        foreach (var c in plain)
        {
            _ = c switch
            {
                '&' => shown.Append("&amp;"),
                '<' => shown.Append("&lt;"),
                '>' => shown.Append("&gt;"),
                '"' => shown.Append("&quot;"),
                '\'' => shown.Append("&#39;"),
                _ => shown.Append(c),
            };
        }

        return shown.ToString();
    }

    /// <summary>
    /// For GitHub's Markdown, as code: an entity never opens a link, a mention, a table cell or an element.
    /// </summary>
    public static string Markdown(string text)
    {
        var plain = Plain(text);
        var shown = new StringBuilder(plain.Length + 24).Append("<code>");
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];

            // A dot is harmless but in www., which alone makes a link.
            var safe = char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' or '/' or '-' or '=' or '+' or ';' or '…' or '›'
                || c > '\x7f'
                || (c == '.' && !(i >= 3 && plain.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase)));
            _ = safe ? shown.Append(c) : shown.Append(CultureInfo.InvariantCulture, $"&#{(int)c};");
        }

        return shown.Append("</code>").ToString();
    }

    private static int FirstToEscape(string text)
    {
        if (text.AsSpan().TrimStart() is [':', ..])
        {
            return 0;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    // "::error::" counts at the start of a line, blanks aside; "##[error]" anywhere (actions/runner, ActionCommand).
    private static string WithoutRunnerCommands(string text)
    {
        text = text.Replace("##[", "#\\x23[", StringComparison.Ordinal);
        var start = text.Length - text.AsSpan().TrimStart().Length;
        return start < text.Length && text[start] == ':' ? $"{text[..start]}\\x3a{text[(start + 1)..]}" : text;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => rune.Value is 0xfe0f or 0x115f or 0x1160 or 0x3164 or 0xffa0, // selector and fillers: nothing to see
    };

    private static void AppendEscaped(StringBuilder shown, int value) => _ = value switch
    {
        < 0x100 => shown.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
        < 0x10000 => shown.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
        _ => shown.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
    };
}
