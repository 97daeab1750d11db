using System.Text;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>The lines of a report on a terminal.</summary>
internal sealed class TextPage(Digest digest, TextOptions options)
{
    public const string Red = "31";
    public const string Green = "32";
    public const string Yellow = "33";

    private readonly StringBuilder lines = new();

    public Digest Digest => digest;

    public ReportDocument Report => digest.Report;

    public int Width => options.Width;

    public string? ReportPath => options.ReportPath;

    public string Bold(string text) => Style(text, "1");

    public void Line(string text) => lines.Append(text.AsSpan().TrimEnd()).Append('\n');

    public void Heading(char sign, string colour, string text)
    {
        Line("");
        Line($" {Style($"{sign} {text}", colour)}");
    }

    /// <summary>Left and right on one line; the left is cut when both do not fit.</summary>
    public void Row(string left, string right)
    {
        var room = Width - 3 - 1 - Columns.WidthOf(right);
        Line($"   {Columns.Pad(Columns.Cut(left, room - 3), room)}{right}");
    }

    /// <summary>A sentence of our own on as many lines as it needs, four at most.</summary>
    public void Wrapped(string sentence)
    {
        var rest = sentence;
        for (var i = 0; i < 4 && rest.Length > 0; i++)
        {
            var indent = i == 0 ? "   " : "     ";
            var room = Width - 1 - indent.Length;
            var end = Columns.WidthOf(rest) <= room || i == 3 ? rest.Length : rest.LastIndexOf(' ', Math.Min(room, rest.Length - 1));
            end = end <= 0 ? rest.Length : end;
            Line(indent + Columns.Cut(rest[..end], room));
            rest = rest[end..].TrimStart();
        }
    }

    public void More(int count)
    {
        if (count > 0)
        {
            Line($"   … {Amount.Count(count)} more in report.html");
        }
    }

    public override string ToString() => lines.ToString();

    private string Style(string text, string code) => options.Colour ? $"\e[{code}m{text}\e[0m" : text;
}
