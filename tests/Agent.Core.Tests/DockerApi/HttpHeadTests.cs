using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Core.Tests.DockerApi;

/// <summary>Heads as clients and daemons write them, and as somebody writes them who wants two readers to differ.</summary>
public sealed class HttpHeadTests
{
    [Theory]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n", "GET", "/_ping", HttpBody.None, 0, true)]
    [InlineData("HEAD /_ping HTTP/1.1\r\n\r\n", "HEAD", "/_ping", HttpBody.None, 0, true)]
    [InlineData("POST /v1.41/containers/create?name=a%2Fb HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "POST", "/v1.41/containers/create", HttpBody.Length, 2, true)]
    [InlineData("POST /images/load HTTP/1.1\r\ntransfer-encoding:\tCHUNKED \r\n\r\n", "POST", "/images/load", HttpBody.Chunked, 0, true)]
    [InlineData("POST /containers/cr%65ate HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "POST", "/containers/create", HttpBody.None, 0, true)]
    [InlineData("GET /info HTTP/1.0\r\n\r\n", "GET", "/info", HttpBody.None, 0, false)]
    [InlineData("GET /info HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET", "/info", HttpBody.None, 0, true)]
    [InlineData("GET /info HTTP/1.1\r\nConnection: upgrade, close\r\n\r\n", "GET", "/info", HttpBody.None, 0, false)]
    public void A_request_is_read(string text, string method, string path, HttpBody body, long length, bool keepsAlive)
    {
        Assert.True(HttpRequestHead.TryRead(Bytes(text), out var head, out var defect), $"{defect}");
        Assert.Equal((method, path, body, length, keepsAlive), (head!.Method, head.Path, head.Body, head.Length, head.KeepsAlive));
    }

    [Theory]
    [InlineData("GET / HTTP/2.0\r\n\r\n", HttpDefect.FirstLine)]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", HttpDefect.FirstLine)]
    [InlineData("GET /\r\n\r\n", HttpDefect.FirstLine)]
    [InlineData("get / HTTP/1.1\r\n\r\n", HttpDefect.Method)]
    [InlineData("CONNECT /x HTTP/1.1\r\n\r\n", HttpDefect.Method)]
    [InlineData("GET  / HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("GET http://docker/ HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("OPTIONS * HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST //containers/create HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST /x/../containers/create HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST /x/%2e%2E/containers/create HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST /containers/%0a HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST /containers/%6 HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("POST /containers/%g0 HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("GET /#x HTTP/1.1\r\n\r\n", HttpDefect.Target)]
    [InlineData("GET / HTTP/1.1\nHost: x\r\n\r\n", HttpDefect.FirstLine)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\n\r\n", HttpDefect.Line)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n", HttpDefect.Line)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n", HttpDefect.Line)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\u0001\r\n\r\n", HttpDefect.Line)]
    [InlineData("GET / HTTP/1.1\r\nX: 1\r\n folded\r\n\r\n", HttpDefect.Field)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length : 3\r\n\r\n", HttpDefect.Field)]
    [InlineData("GET / HTTP/1.1\r\n: 3\r\n\r\n", HttpDefect.Field)]
    [InlineData("GET / HTTP/1.1\r\nno colon\r\n\r\n", HttpDefect.Field)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 0x3\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", HttpDefect.Length)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HttpDefect.Coding)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n", HttpDefect.Coding)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", HttpDefect.Coding)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: \u000bchunked\r\n\r\n", HttpDefect.Line)]
    [InlineData("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HttpDefect.Coding)]
    public void A_request_with_two_meanings_is_none(string text, HttpDefect expected)
    {
        Assert.False(HttpRequestHead.TryRead(Bytes(text), out _, out var defect));
        Assert.Equal(expected, defect);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, 200, HttpBody.Length, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, 200, HttpBody.None, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, 200, HttpBody.Chunked, true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", false, 200, HttpBody.UntilClose, false)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", false, 204, HttpBody.None, true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, 304, HttpBody.None, true)]
    [InlineData("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n", false, 101, HttpBody.None, true)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", false, 100, HttpBody.None, true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false, 200, HttpBody.Length, false)]
    [InlineData("HTTP/1.1 409\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false, 409, HttpBody.None, false)]
    public void A_response_is_read(string text, bool toHead, int status, HttpBody body, bool keepsAlive)
    {
        Assert.True(HttpResponseHead.TryRead(Bytes(text), toHead, out var head, out _));
        Assert.Equal((status, body, keepsAlive), (head!.Status, head.Body, head.KeepsAlive));
    }

    [Theory]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 Low\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void A_response_with_two_meanings_is_none(string text) =>
        Assert.False(HttpResponseHead.TryRead(Bytes(text), toHead: false, out _, out _));

    [Fact]
    public void A_head_ends_with_an_empty_line() =>
        Assert.Equal([-1, 18, 18], new[] { "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\nGET" }
            .Select(text => HttpText.HeadLength(Bytes(text))));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
