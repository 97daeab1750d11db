using System.Globalization;

namespace Sallyport.Reporting.Showing;

/// <summary>Numbers as people read them, the same in every format.</summary>
internal static class Amount
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary><c>212 kB</c>, <c>48.1 MB</c>; powers of 1000.</summary>
    public static string Bytes(long bytes)
    {
        double value = Math.Max(0, bytes);
        var unit = 0;
        while (value >= 999.5 && unit < ByteUnits.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        var digits = unit > 0 && value < 99.95 ? "0.0" : "0";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {ByteUnits[unit]}";
    }

    /// <summary><c>18,204</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 connection</c>, <c>3 connections</c>.</summary>
    public static string Of(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary><c>41.3 s</c>, <c>2 min 05 s</c>, <c>1 h 02 min</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary><c>+12.4 s</c> after the start of the job; the time itself when the start is not known.</summary>
    public static string Since(DateTimeOffset? start, DateTimeOffset time) => start is { } from
        ? (time < from ? "-" : "+") + Duration((time - from).Duration())
        : time.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
