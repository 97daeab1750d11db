namespace Sallyport.Agent.Core.DockerApi;

/// <summary>The head of a response: <c>HTTP/1.1 201 Created␍␊Content-Length: 88␍␊…␍␊␍␊</c>.</summary>
/// <param name="Status">100 to 599.</param>
/// <param name="Body">Where the body ends.</param>
/// <param name="Length">Bytes of the body when it has a length, else 0.</param>
/// <param name="KeepsAlive">The connection goes on after it.</param>
public sealed record HttpResponseHead(int Status, HttpBody Body, long Length, bool KeepsAlive)
{
    private const int StatusOffset = 9;

    /// <summary>Another head follows for the same request; never of 101, after which no head comes.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>Reads a head that <see cref="HttpText.HeadLength"/> found the end of.</summary>
    /// <param name="bytes">The head, its empty line included, and nothing else.</param>
    /// <param name="toHead">The request was HEAD: no body follows, whatever the fields say.</param>
    /// <param name="head">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool toHead, out HttpResponseHead? head, out HttpDefect defect)
    {
        head = null;
        defect = HttpDefect.FirstLine;
        if (!HttpFields.TryTakeLine(ref bytes, out var line) || line.Length < StatusOffset + 3)
        {
            return false;
        }

        var isOld = line.StartsWith("HTTP/1.0 "u8);
        var status = line.Slice(StatusOffset, 3);
        if ((!isOld && !line.StartsWith("HTTP/1.1 "u8)) || status.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || status[0] is < (byte)'1' or > (byte)'5'
            || (line.Length > StatusOffset + 3 && line[StatusOffset + 3] != ' '))
        {
            return false;
        }

        defect = HttpFields.Read(bytes, out var fields);
        if (defect != HttpDefect.None)
        {
            return false;
        }

        var number = ((status[0] - '0') * 100) + ((status[1] - '0') * 10) + (status[2] - '0');
        var body = toHead || number is < 200 or 204 or 304 ? HttpBody.None
            : fields.IsChunked ? HttpBody.Chunked
            : fields.Length > 0 ? HttpBody.Length
            : fields.Length == 0 ? HttpBody.None
            : HttpBody.UntilClose;
        head = new HttpResponseHead(
            number, body, body == HttpBody.Length ? fields.Length : 0,
            !fields.Closes && (!isOld || fields.KeepsAlive) && body != HttpBody.UntilClose);
        return true;
    }
}
