using System.Text;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>
/// The fields of a head that say where the message ends and what becomes of the connection. Stricter than RFC 9112 asks,
/// so that no two readers can differ about where the next request begins.
/// </summary>
internal struct HttpFields
{
    private const byte Tab = 9;
    private const int MostLengthDigits = 18;

    /// <summary>Content-Length; -1 when there is none.</summary>
    public long Length { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary><c>Connection: close</c>.</summary>
    public bool Closes { get; private set; }

    /// <summary><c>Connection: keep-alive</c>, which HTTP/1.0 needs.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>An Expect field, whatever it says.</summary>
    public bool Expects { get; private set; }

    /// <summary>Content-Type as it came; null when there is none, empty when there are several.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Reads the lines that follow the first one, each with its CR LF, and the empty one.</summary>
    public static HttpDefect Read(ReadOnlySpan<byte> lines, out HttpFields fields)
    {
        fields = new HttpFields { Length = -1 };
        while (TryTakeLine(ref lines, out var line))
        {
            if (line.IsEmpty)
            {
                return lines.IsEmpty ? fields.Check() : HttpDefect.Line;
            }

            var defect = fields.Read(line);
            if (defect != HttpDefect.None)
            {
                return defect;
            }
        }

        return HttpDefect.Line;
    }

    /// <summary>The next line without its CR LF; false when there is none that ends so.</summary>
    public static bool TryTakeLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
        if (end < 0 || end + 1 >= text.Length || text[end] != '\r' || text[end + 1] != '\n')
        {
            line = default;
            return false;
        }

        line = text[..end];
        text = text[(end + 2)..];
        return true;
    }

    private HttpDefect Read(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(HttpText.TokenBytes))
        {
            return HttpDefect.Field;
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        foreach (var b in value)
        {
            if (b is < 32 and not Tab or 127)
            {
                return HttpDefect.Line;
            }
        }

        return Keep(line[..colon], value);
    }

    private HttpDefect Keep(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (HttpText.Is(name, "content-length"u8))
        {
            return Length < 0 && TryReadLength(value, out var length) ? Set(length) : HttpDefect.Length;
        }

        if (HttpText.Is(name, "transfer-encoding"u8))
        {
            var isFirst = !IsChunked;
            IsChunked = true;
            return isFirst && HttpText.Is(value, "chunked"u8) ? HttpDefect.None : HttpDefect.Coding;
        }

        if (HttpText.Is(name, "connection"u8))
        {
            Closes |= HttpText.Lists(value, "close"u8);
            KeepsAlive |= HttpText.Lists(value, "keep-alive"u8);
        }

        if (HttpText.Is(name, "content-type"u8))
        {
            ContentType = ContentType is null ? Encoding.Latin1.GetString(value) : string.Empty;
        }

        Expects |= HttpText.Is(name, "expect"u8);
        return HttpDefect.None;
    }

    private HttpDefect Set(long length)
    {
        Length = length;
        return HttpDefect.None;
    }

    private readonly HttpDefect Check() => IsChunked && Length >= 0 ? HttpDefect.Length : HttpDefect.None;

    private static bool TryReadLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            length = digits.Length <= MostLengthDigits ? (length * 10) + (digit - '0') : 0;
        }

        return digits.Length is > 0 and <= MostLengthDigits;
    }
}
