using System.Text;
using Sallyport.Fuzz.Kernel;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// Requests that leave by a connection which only names of the policy may use, as a server reads what has left: it answers for no other
/// host.
/// </summary>
internal sealed class KernelHttpTarget : IFuzzTarget
{
    private const int MostSegmentBytes = 120;
    private static readonly Lazy<HttpServer> Server = new(() => new HttpServer());

    public string Name => "kernel-http";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. ((string[])
        [
            "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\nGET / HTTP/1.1\r\nHost: other.test\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a.zone.test:80\r\nContent-Length: 45\r\n\r\nGET / HTTP/1.1\r\nHost: other.test\r\nA: 123456\r\n\r\nGET /x HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: allowed.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: other.test\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: other.test\r\n\r\n",
            "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
            "GET http://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n",
            "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: allowed.test\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\nHost: other.test\r\n\r\n",
        ]).Select(Encoding.ASCII.GetBytes),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. ((string[])
        [
            "\r\n", "\n", "\r", " ", "\t", ":", "Host: other.test\r\n", "Host: allowed.test\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.0", "Content-Length: 5\r\n",
            "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "0\r\n\r\n", "\0", "http://other.test", "@other.test",
            "Connection: close\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]).Select(Encoding.ASCII.GetBytes),
    ];

    public void Prove()
    {
        KernelDecoders.Expect(Seeds[0], 80, passes: true, Server.Value.HostsOf(Seeds[0]), "allowed.test");
        KernelDecoders.Expect(Seeds[1], 80, passes: false, Server.Value.HostsOf(Seeds[1]), "allowed.test", "other.test");
    }

    public void Read(ReadOnlySpan<byte> input)
    {
        var left = KernelDecoders.Send(input, 80, MostSegmentBytes);
        foreach (var host in Server.Value.HostsOf(input[..left]))
        {
            KernelDecoders.ThrowIfNotAllowed(host);
        }

        KernelDecoders.ThrowIfOutOfBounds();
    }
}
