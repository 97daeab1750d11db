using System.Globalization;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Ids of jobs begin with the time of their registration (RFC 9562, version 7): a span of time is a range of ids.</summary>
internal static class JobTime
{
    public const long DayMs = 86_400_000;

    /// <summary>No job that was registered at the time or later has a lesser id.</summary>
    public static string IdAt(long ms) => Math.Clamp(ms, 0, (1L << 48) - 1).ToString("x12", CultureInfo.InvariantCulture);

    /// <summary>When something that has an id was made.</summary>
    public static DateTimeOffset Of(string id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>The same for the last days, in UTC: today is one of them, so a list and the numbers that lead to it begin at the same moment.</summary>
    public static string LastDays(int days, TimeProvider time) => IdAt((Today(time) - days + 1) * DayMs);

    /// <summary>Days since 1970.</summary>
    public static long Today(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds() / DayMs;

    /// <summary>The ids of a day in UTC, as <c>2026-11-26</c>; null when it is none.</summary>
    public static (string From, string Before)? Day(string? day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? (IdAt(StartOf(date)), IdAt(StartOf(date) + DayMs))
            : null;

    private static long StartOf(DateOnly date) =>
        new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();
}
