using System.Globalization;

namespace Sallyport.Server.Retention;

/// <summary>A count of bytes as people write it: <c>20 GB</c>, <c>1.5TB</c>, <c>512 MiB</c>; powers of 1000, and of 1024 with the <c>i</c> (IEC 80000-13).</summary>
internal static class ByteSize
{
    private const int MaximumCharacters = 40;

    // The greatest first; so those of a text are found before the "B" in which they end.
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("TB", 1_000_000_000_000), ("GiB", 1L << 30), ("GB", 1_000_000_000), ("MiB", 1L << 20), ("MB", 1_000_000),
        ("KiB", 1L << 10), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>False for what has no number, no unit, or is more than 2^63 - 1.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        foreach (var (name, size) in Units)
        {
            if (text.Length <= MaximumCharacters && text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                var isNumber = decimal.TryParse(
                    text[..^name.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
                if (!isNumber || number > (decimal)long.MaxValue / size)
                {
                    return false;
                }

                bytes = (long)(number * size);
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads back as the same count: in the greatest unit of which it is a whole number.</summary>
    public static string Text(long bytes)
    {
        var (name, size) = Units.First(unit => bytes % unit.Bytes == 0 && (bytes != 0 || unit.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size} {name}");
    }
}
