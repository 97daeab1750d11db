using System.Text;
using System.Text.Json;
using Sallyport.Agent.Core.DockerApi;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Fuzz.Targets;

/// <summary>What the job and the daemon say on Docker's socket: heads, chunked bodies, replies.</summary>
internal sealed class DockerTarget : IFuzzTarget
{
    private const string Id = "6e01ffabc8e96e01ffabc8e96e01ffabc8e96e01ffabc8e96e01ffabc8e90000";

    public string Name => "docker";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "POST /v1.41/containers/create?name=db HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
        "PUT /libpod/containers/db/archive?path=/x HTTP/1.1\r\nHost: docker\r\n\r\n"u8.ToArray(),
        "POST /build?networkmode=host&volume=/:/x&nsoptions=%5B%7B%22Name%22%3A%22pid%22%2C%22Host%22%3Atrue%7D%5D HTTP/1.1\r\n\r\n"u8.ToArray(),
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
            ReadRequest(text, head!);
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

    /// <summary>A head that is made for one container is for that container, and means what it meant.</summary>
    private static void ReadRequest(ReadOnlySpan<byte> text, HttpRequestHead head)
    {
        var request = DockerRequest.Of(head);
        if (request.Action is DockerAction.StartContainer or DockerAction.CreateExec or DockerAction.Attach or DockerAction.CopyFiles)
        {
            var made = DockerRequest.ForContainer(text, head, Id);
            if (!HttpRequestHead.TryRead(made, out var again, out _) || DockerRequest.Of(again!) != request with { Reference = Id } || again!.Query != head.Query)
            {
                throw new InvalidOperationException(Encoding.Latin1.GetString(made));
            }
        }

        try
        {
            _ = BuildAccess.Read(head);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // ContainerJudge refuses what it cannot read.
        }
    }
}
