namespace Sallyport.Agent.Core.DockerApi;

/// <summary>
/// Finds the end of a chunked body (RFC 9112 section 7.1) as its bytes pass by:
/// <c>5␍␊hello␍␊0␍␊␍␊</c>. Keeps nothing of it.
/// </summary>
public sealed class ChunkScanner
{
    /// <summary>Bytes of one size line with its extensions, and of all trailers.</summary>
    private const int MostLineBytes = 8192;
    private const int MostSizeDigits = 15;

    private Place place;
    private long left; // of the chunk
    private int line; // bytes of the size line or the trailers so far
    private int digits;
    private bool isLineEmpty; // of trailers

    private enum Place
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        Trailer,
        TrailerEnd,
        Done,
        Failed,
    }

    /// <summary>The last byte of the body was seen.</summary>
    public bool IsDone => place == Place.Done;

    /// <summary>This is no chunked body. Nothing after this is looked at.</summary>
    public bool HasFailed => place == Place.Failed;

    /// <summary>Gives how many of the bytes belong to the body: all, unless it ended or failed among them.</summary>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && place is not (Place.Done or Place.Failed))
        {
            if (place == Place.Data)
            {
                var count = (int)Math.Min(left, bytes.Length - at);
                left -= count;
                at += count;
                place = left == 0 ? Place.DataReturn : Place.Data;
            }
            else
            {
                place = Next(bytes[at]);
                at++;
            }
        }

        return at;
    }

    private Place Next(byte b) => place switch
    {
        Place.Size => Size(b),
        Place.Extension => ++line > MostLineBytes || b is < 32 and not 9 and not (byte)'\r' ? Place.Failed
            : b == '\r' ? Place.SizeEnd
            : Place.Extension,
        Place.SizeEnd when b == '\n' => BeginChunk(),
        Place.DataReturn when b == '\r' => Place.DataEnd,
        Place.DataEnd when b == '\n' => BeginSize(),
        Place.Trailer => Trailer(b),
        Place.TrailerEnd when b == '\n' => EndTrailer(),
        _ => Place.Failed,
    };

    private Place Size(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            left = (left << 4) + (b <= '9' ? b - '0' : (b | 32) - 'a' + 10);
            return ++digits <= MostSizeDigits ? Place.Size : Place.Failed;
        }

        return digits == 0 ? Place.Failed
            : b == '\r' ? Place.SizeEnd
            : b == ';' ? Place.Extension
            : Place.Failed;
    }

    private Place BeginSize()
    {
        (left, line, digits) = (0, 0, 0);
        return Place.Size;
    }

    private Place BeginChunk()
    {
        (line, isLineEmpty) = (0, true);
        return left == 0 ? Place.Trailer : Place.Data;
    }

    private Place Trailer(byte b)
    {
        if (b == '\r')
        {
            return Place.TrailerEnd;
        }

        isLineEmpty = false;
        return ++line > MostLineBytes || b is < 32 and not 9 ? Place.Failed : Place.Trailer;
    }

    private Place EndTrailer()
    {
        if (isLineEmpty)
        {
            return Place.Done;
        }

        isLineEmpty = true;
        return Place.Trailer;
    }
}
