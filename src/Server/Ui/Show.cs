using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Sallyport.Reporting.Showing;

namespace Sallyport.Server.Ui;

/// <summary>
/// How the pages show what a job wrote, numbers and times. Text of a job is hostile: what cannot be seen becomes visible, long
/// text is cut in the middle with the whole on demand, and everything is encoded.
/// </summary>
internal static class Show
{
    /// <summary>Text that a job or its workflow chose.</summary>
    public static IHtmlContent Data(string? text, int length = 60)
    {
        var plain = HostileText.Plain(text ?? "");
        var tag = new TagBuilder("span");
        tag.AddCssClass("data");
        var cut = Cut(plain, length);
        if (cut.Length < plain.Length)
        {
            tag.Attributes["title"] = plain;
        }

        tag.InnerHtml.Append(cut);
        return tag;
    }

    /// <summary>The same without an element, for titles and attributes.</summary>
    public static string Plain(string? text, int length = 200) => Cut(HostileText.Plain(text ?? ""), length);

    public static string Number(long? count) => count is { } n ? n.ToString("#,0", CultureInfo.InvariantCulture) : "…";

    public static string Many(long count, string one, string more) => $"{Number(count)} {(count == 1 ? one : more)}";

    /// <summary>How long ago, with the time itself on demand.</summary>
    public static IHtmlContent Ago(long? atMs, DateTimeOffset now)
    {
        if (atMs is not { } ms)
        {
            return new HtmlString("");
        }

        var at = Time(ms);
        var tag = new TagBuilder("time");
        tag.Attributes["datetime"] = at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        tag.Attributes["title"] = At(ms);
        tag.InnerHtml.Append(Distance(now - at));
        return tag;
    }

    /// <summary>A day and time in UTC, as people write it.</summary>
    public static string At(long ms) => Time(ms).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Duration(long ms)
    {
        var span = TimeSpan.FromMilliseconds(Math.Max(0, ms));
        return span switch
        {
            { TotalSeconds: < 59.95 } => span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds:00} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours} h {span.Minutes:00} min"),
        };
    }

    public static string Bytes(long count)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = count;
        var unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit > 0 && value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    private static string Distance(TimeSpan span)
    {
        var (ahead, size) = (span < TimeSpan.FromSeconds(-5), span.Duration());
        var words = size switch
        {
            { TotalSeconds: < 60 } => $"{(int)size.TotalSeconds} s",
            { TotalMinutes: < 60 } => $"{(int)size.TotalMinutes} min",
            { TotalHours: < 48 } => $"{(int)size.TotalHours} h",
            _ => $"{(int)size.TotalDays} days",
        };
        return ahead ? $"in {words}" : $"{words} ago";
    }

    // Clocks of machines may be off by any amount: what is no time any more is shown as the nearest that is one.
    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(ms, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private static string Cut(string text, int length)
    {
        var elements = StringInfo.ParseCombiningCharacters(text);
        if (elements.Length <= length)
        {
            return text;
        }

        var tail = (length - 1) / 2;
        return string.Concat(text.AsSpan(0, elements[length - 1 - tail]), "…", text.AsSpan(elements[^tail]));
    }
}
