using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Core.Tests.DockerApi;

public sealed class ChunkScannerTests
{
    private const string Next = "GET / HTTP/1.1\r\n\r\n";

    [Theory]
    [InlineData("0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("00A;name=\"v\"\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n")]
    [InlineData("1\r\nx\r\n0\r\nTrailer: a\r\nOther: b\r\n\r\n")]
    [InlineData("4\r\n0\r\n\r\r\n0\r\n\r\n")]
    public void The_body_ends_where_it_ends_in_whatever_pieces_it_comes(string body)
    {
        var bytes = Encoding.ASCII.GetBytes(body + Next);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var scanner = new ChunkScanner();
            var count = 0;
            for (var at = 0; at < bytes.Length && !scanner.IsDone; at += piece)
            {
                count += scanner.Scan(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            }

            Assert.Equal((true, body.Length), (scanner.IsDone, count));
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("5 \r\nhello\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData("5\nhello\n")]
    [InlineData("5\r\nhello0\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5;\nhello\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("0000000000000000000\r\n")]
    [InlineData("0\r\nTrailer: a\n\r\n")]
    [InlineData("0\r\n\rx")]
    public void A_body_with_two_meanings_is_none(string body)
    {
        var scanner = new ChunkScanner();
        _ = scanner.Scan(Encoding.ASCII.GetBytes(body));
        Assert.True(scanner.HasFailed);
    }

    [Fact]
    public void Extensions_and_trailers_have_a_bound()
    {
        foreach (var begin in new[] { "5;", "0\r\nA: " })
        {
            var scanner = new ChunkScanner();
            _ = scanner.Scan(Encoding.ASCII.GetBytes(begin + new string('x', 9000)));
            Assert.True(scanner.HasFailed);
        }
    }
}
