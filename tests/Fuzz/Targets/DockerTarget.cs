using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Fuzz.Targets;

/// <summary>What the job and the daemon say on Docker's socket: heads, chunked bodies, replies.</summary>
internal sealed class DockerTarget : IFuzzTarget
{
    public string Name => "docker";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "POST /v1.41/containers/create?name=db HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
        "POST /exec/ab/start HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n"u8.ToArray(),
        "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"Id\":\"0123\"}"u8.ToArray(),
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\r\n", "\n", "\r\n\r\n", "Content-Length: ", "Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: ",
            "close", "keep-alive", "HTTP/1.0", "HTTP/1.1", "%2e", "%2f", "//", "/../", "?", "#", "0\r\n", "ffffffff", ";", "\0", " :",
            "/libpod", "/v1.41", "/containers/create", "{\"Id\":", "\"",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var length = HttpText.HeadLength(input);
        var text = length < 0 ? input : input[..length];
        var rest = length < 0 ? [] : input[length..];
        if (HttpRequestHead.TryRead(text, out var head, out var defect))
        {
            _ = DockerRequest.Of(head!);
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfEqual((int)defect, (int)HttpDefect.None);
        }

        _ = HttpResponseHead.TryRead(text, toHead: false, out _, out _);
        var whole = new ChunkScanner();
        var taken = whole.Scan(rest);
        var pieces = new ChunkScanner();
        var sum = 0;
        for (var at = 0; at < rest.Length && !pieces.IsDone && !pieces.HasFailed; at++)
        {
            sum += pieces.Scan(rest.Slice(at, 1));
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(sum, taken);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pieces.IsDone, whole.IsDone);
        _ = DockerText.TryReadText(rest, "Id"u8);
    }
}
