using System.Text;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>
/// The head of a request (RFC 9112): <c>POST /v1.41/containers/create?name=db HTTP/1.1␍␊Host: docker␍␊…␍␊␍␊</c>.
/// </summary>
/// <param name="Method">One of GET, HEAD, POST, PUT, DELETE, OPTIONS.</param>
/// <param name="Path">Absolute and clean, escapes decoded as the daemon does before it chooses who answers.</param>
/// <param name="Query">What stands after <c>?</c>, as it came; empty without.</param>
/// <param name="Body">None, Length or Chunked.</param>
/// <param name="Length">Bytes of the body when it has a length, else 0.</param>
/// <param name="ExpectsContinue">The body may wait for <c>100 Continue</c>.</param>
/// <param name="KeepsAlive">Another request may follow on the connection.</param>
/// <param name="ContentType">As it came; empty without, or when it stands there twice.</param>
public sealed record HttpRequestHead(
    string Method, string Path, string Query, HttpBody Body, long Length, bool ExpectsContinue, bool KeepsAlive, string ContentType)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

    /// <summary>Reads a head that <see cref="HttpText.HeadLength"/> found the end of.</summary>
    /// <param name="bytes">The head, its empty line included, and nothing else.</param>
    /// <param name="head">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpRequestHead? head, out HttpDefect defect)
    {
        head = null;
        defect = HttpDefect.FirstLine;
        if (!HttpFields.TryTakeLine(ref bytes, out var line))
        {
            return false;
        }

        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || !TryReadVersion(line[(last + 1)..], out var isOld))
        {
            return false;
        }

        if (Array.Find(Methods, Encoding.Latin1.GetString(line[..first]).Equals) is not { } method)
        {
            defect = HttpDefect.Method;
            return false;
        }

        if (!TryReadTarget(line[(first + 1)..last], out var path, out var query))
        {
            defect = HttpDefect.Target;
            return false;
        }

        defect = HttpFields.Read(bytes, out var fields);
        if (defect == HttpDefect.None && fields.IsChunked && isOld)
        {
            defect = HttpDefect.Coding;
        }

        if (defect != HttpDefect.None)
        {
            return false;
        }

        var body = fields.IsChunked ? HttpBody.Chunked : fields.Length > 0 ? HttpBody.Length : HttpBody.None;
        head = new HttpRequestHead(
            method, path, query, body, Math.Max(fields.Length, 0), fields.Expects && body != HttpBody.None,
            !fields.Closes && (!isOld || fields.KeepsAlive), fields.ContentType ?? string.Empty);
        return true;
    }

    private static bool TryReadVersion(ReadOnlySpan<byte> text, out bool isOld)
    {
        isOld = text.SequenceEqual("HTTP/1.0"u8);
        return isOld || text.SequenceEqual("HTTP/1.1"u8);
    }

    private static bool TryReadTarget(ReadOnlySpan<byte> target, out string path, out string query)
    {
        (path, query) = (string.Empty, string.Empty);
        if (target.IsEmpty || target[0] != '/' || target.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || target.Contains((byte)'#'))
        {
            return false;
        }

        var mark = target.IndexOf((byte)'?');
        if (!TryDecode(mark < 0 ? target : target[..mark], out path))
        {
            return false;
        }

        query = mark < 0 ? string.Empty : Encoding.Latin1.GetString(target[(mark + 1)..]);
        return IsClean(path);
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, out string path)
    {
        var decoded = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var value = (int)text[i];
            if (value == '%')
            {
                if (i + 2 >= text.Length || !IsHex(text[i + 1]) || !IsHex(text[i + 2]))
                {
                    path = string.Empty;
                    return false;
                }

                value = Convert.ToInt32(Encoding.Latin1.GetString(text.Slice(i + 1, 2)), 16);
                i += 2;
            }

            decoded[length++] = (byte)value;
        }

        path = Encoding.Latin1.GetString(decoded, 0, length);
        return !path.AsSpan().ContainsAnyInRange('\0', '\u001f');
    }

    /// <summary>The daemon answers a path that is not clean with a redirection to the clean one: no client needs it.</summary>
    private static bool IsClean(string path) =>
        !path.Contains("//", StringComparison.Ordinal)
        && !path.Split('/').Any(segment => segment is "." or "..");

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);
}
