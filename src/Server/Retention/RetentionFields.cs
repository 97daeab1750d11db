using System.Globalization;

namespace Sallyport.Server.Retention;

/// <summary>Retention as two fields of a form have it: empty for the server's, 0 for no bound.</summary>
internal static class RetentionFields
{
    /// <summary>A century.</summary>
    public const int MaximumDays = 36_500;

    /// <summary>Less is hardly meant: it would leave nothing.</summary>
    public const long MinimumBytes = 1_000_000;

    /// <returns>The mistake; null when there is none.</returns>
    public static string? ReadDays(string text, out int? days)
    {
        days = null;
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaximumDays)
        {
            days = number;
            return null;
        }

        return $"Age: '{text}' is not a whole number of days from 1 to {MaximumDays}. 0 is no bound; empty is the server's.";
    }

    /// <returns>The mistake; null when there is none.</returns>
    public static string? ReadBytes(string text, out long? bytes)
    {
        bytes = null;
        if (text.Length == 0)
        {
            return null;
        }

        if (text == "0")
        {
            bytes = 0;
            return null;
        }

        if (ByteSize.TryRead(text, out var number) && number >= MinimumBytes)
        {
            bytes = number;
            return null;
        }

        return $"Size: '{text}' is not a number with its unit, like 500 MB or 20 GB, from {ByteSize.Text(MinimumBytes)}. 0 is no bound; empty is the server's.";
    }

    public static string Text(int? days) => days?.ToString(CultureInfo.InvariantCulture) ?? "";

    public static string Text(long? bytes) => bytes switch { null => "", 0 => "0", { } number => ByteSize.Text(number) };
}
