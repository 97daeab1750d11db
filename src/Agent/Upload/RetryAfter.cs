using System.Globalization;
using System.Text;

namespace Sallyport.Agent.Upload;

/// <summary>The field Retry-After of an answer (RFC 9110, section 10.2.3): seconds, or a date.</summary>
internal static class RetryAfter
{
    private const string Name = "retry-after:";

    /// <summary>The longest that anybody is left alone for it.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="headers">As they came: of a proxy's answer first, if there was one; the last counts.</param>
    /// <param name="now">For a date.</param>
    /// <returns>From nothing to <see cref="Longest"/>; null when it is not said.</returns>
    internal static TimeSpan? Read(ReadOnlySpan<byte> headers, DateTimeOffset now)
    {
        TimeSpan? said = null;
        foreach (var line in Encoding.Latin1.GetString(headers).Split('\n'))
        {
            if (line.StartsWith("HTTP/", StringComparison.OrdinalIgnoreCase))
            {
                said = null;
            }
            else if (line.StartsWith(Name, StringComparison.OrdinalIgnoreCase))
            {
                said = Value(line[Name.Length..].Trim(), now);
            }
        }

        return said;
    }

    private static TimeSpan? Value(string text, DateTimeOffset now)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Longest.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : Longest;
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? TimeSpan.FromTicks(Math.Clamp((at - now).Ticks, 0, Longest.Ticks))
            : null;
    }
}
