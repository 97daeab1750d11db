using System.Globalization;
using System.Text;

namespace Sallyport.Policy;

/// <summary>Text that may come from an attacker, made fit to stand in a message.</summary>
internal static class Escape
{
    private const int MaxLength = 120;

    /// <summary>
    /// Control, format and surrogate characters as \u{…}, so that a value can neither move the cursor nor reorder the
    /// line; cut in the middle to 120 characters.
    /// </summary>
    public static string Text(string value)
    {
        string cut = value.Length <= MaxLength ? value : $"{value[..60]}…{value[^50..]}";
        var output = new StringBuilder(cut.Length);
        foreach (Rune rune in cut.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            bool visible = category is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            _ = visible
                ? output.Append(rune.ToString())
                : output.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
        }
        return output.ToString();
    }
}
