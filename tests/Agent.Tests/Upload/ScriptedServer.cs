using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Agent.Tests.Upload;

/// <summary>
/// HTTP/1.1 on loopback that takes a recording as a server does, unless its script says otherwise: it hangs, hangs up midway, or
/// answers what it is told to.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    /// <summary>Instead of an answer: nothing, ever.</summary>
    internal const string Hang = "hang";

    /// <summary>Instead of an answer: half of one, and the end of the connection.</summary>
    internal const string Cut = "cut";

    private const string Key = "j1";
    private const string Token = "t1";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, int, string?> script;
    private readonly ConcurrentDictionary<string, int> counts = new();

    /// <param name="script">Path and how often it was asked before; gives null, a word above, status and headers, as in <c>503\r\nRetry-After: 7</c>, or <see cref="Ok"/>.</param>
    internal ScriptedServer(Func<string, int, string?>? script = null)
    {
        this.script = script ?? ((_, _) => null);
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        _ = AcceptAsync();
    }

    internal string Address { get; }

    /// <summary>Method and path of what was asked, in that order.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>By number, as they came; one that comes again must be the same.</summary>
    internal ConcurrentDictionary<long, byte[]> Segments { get; } = new();

    /// <summary>What was said at the end; null before.</summary>
    internal string? End { get; private set; }

    /// <summary>Set when something was left hanging.</summary>
    internal SemaphoreSlim Hanging { get; } = new(0);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
        Hanging.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var stream = client.GetStream();
        try
        {
            while (await ReadAsync(stream) is var (method, path, credential, body))
            {
                Asked.Enqueue($"{method} {path}");
                var said = script(path, counts.AddOrUpdate(path, 0, (_, before) => before + 1));
                if (said == Hang)
                {
                    Hanging.Release();
                    await Task.Delay(Timeout.Infinite, stop.Token);
                }

                var answer = said is null or Cut ? Take(method, path, credential, body)
                    : said.Contains("\r\n\r\n", StringComparison.Ordinal) ? said : $"{said}\r\nContent-Length: 0\r\n\r\n";
                var bytes = Encoding.Latin1.GetBytes($"HTTP/1.1 {answer}");
                await stream.WriteAsync(said == Cut ? bytes.AsMemory(0, bytes.Length - 5) : bytes, stop.Token);
                if (said == Cut)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Who asked has gone, or the test.
        }
    }

    private string Take(string method, string path, string credential, byte[] body)
    {
        if (path == "/api/v1/jobs" && method == "POST")
        {
            return Ok($$"""{"jobKey":"{{Key}}","uploadToken":"{{Token}}","url":"https://sallyport.test/jobs/{{Key}}","nextSegment":1}""");
        }

        if (credential != $"Bearer {Token}")
        {
            return "401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
        }

        if (path == $"/api/v1/jobs/{Key}/end")
        {
            End = Encoding.UTF8.GetString(body);
            return Ok("""{"state":"ended","missing":0}""");
        }

        var number = long.Parse(path[(path.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);
        return Segments.GetOrAdd(number, body).AsSpan().SequenceEqual(body)
            ? Ok($$"""{"number":{{number}},"seal":"","isNew":true}""")
            : "409 Conflict\r\nContent-Length: 0\r\n\r\n";
    }

    /// <summary>A whole answer.</summary>
    internal static string Ok(string body) => string.Create(
        CultureInfo.InvariantCulture, $"200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    // Null at the end of the connection.
    private async Task<(string Method, string Path, string Credential, byte[] Body)?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n");
        string Field(string name) => lines.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
        var body = new byte[int.Parse(Field("Content-Length") is { Length: > 0 } length ? length : "0", CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop.Token);
        var first = lines[0].Split(' ');
        return (first[0], first[1], Field("Authorization"), body);
    }
}
