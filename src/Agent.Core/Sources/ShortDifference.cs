using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sallyport.Agent.Core.Sources;

/// <summary>
/// A few lines of what is different between two texts: what lies between the lines that both begin with and the lines that
/// both end with. Bounded; null for what is no text.
/// </summary>
public static class ShortDifference
{
    private const int MostLines = 8;
    private const int LongestLine = 160;

    /// <summary>Between lines: evidence is one line wherever it is shown.</summary>
    private const string Separator = " ⏎ ";

    /// <summary>For instance <c>line 3: -return 0; ⏎ +return 1;</c>.</summary>
    public static string? Of(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (!IsText(before) || !IsText(after))
        {
            return null;
        }

        var old = Lines(before);
        var now = Lines(after);
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"line {start + 1}: "));
        var isFirst = true;
        Append(text, '-', old[start..^end], ref isFirst);
        Append(text, '+', now[start..^end], ref isFirst);
        return isFirst ? null : text.ToString();
    }

    private static void Append(StringBuilder text, char sign, string[] lines, ref bool isFirst)
    {
        foreach (var line in lines.Take(MostLines))
        {
            text.Append(isFirst ? string.Empty : Separator).Append(sign);
            text.Append(line.Length > LongestLine ? line[..LongestLine] + "…" : line);
            isFirst = false;
        }

        if (lines.Length > MostLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Separator}{sign}… {lines.Length - MostLines} more lines");
        }
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.Contains((byte)0) && Utf8.IsValid(bytes);

    private static string[] Lines(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Replace("\r", string.Empty, StringComparison.Ordinal).Split('\n');
        return lines is [.., ""] ? lines[..^1] : lines;
    }
}
