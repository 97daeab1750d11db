using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Server.Tests.Ingest;

/// <summary>A request byte by byte: HttpClient sends none whose length is false.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket client = new(SocketType.Stream, ProtocolType.Tcp);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sends the head of a request: method and path, and the header that says how its body comes.</summary>
    public static async Task<RawClient> OpenAsync(Uri server, string request, string credential, string length)
    {
        var raw = new RawClient();
        await raw.client.ConnectAsync(server.Host, server.Port, Cancellation);
        var type = request.StartsWith("PUT", StringComparison.Ordinal) ? "application/zstd" : "application/json";
        await raw.SendAsync(Encoding.ASCII.GetBytes(
            $"{request} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {credential}\r\nContent-Type: {type}\r\n"
            + $"Connection: close\r\n{length}\r\n\r\n"));
        return raw;
    }

    public async Task SendAsync(byte[] bytes)
    {
        for (var rest = bytes.AsMemory(); rest.Length > 0;)
        {
            rest = rest[await client.SendAsync(rest, Cancellation)..];
        }
    }

    /// <summary>Sends a body in chunks of a size, and not its end.</summary>
    public async Task SendChunksAsync(int size, byte[] body)
    {
        try
        {
            using var sent = new MemoryStream();
            foreach (var chunk in body.Chunk(size))
            {
                sent.Write(Encoding.ASCII.GetBytes($"{chunk.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n"));
                sent.Write(chunk);
                sent.Write("\r\n"u8);
            }

            await SendAsync(sent.ToArray());
        }
        catch (SocketException)
        {
            // It was refused before all of it was sent.
        }
    }

    public Task SendChunksAsync(int size, int bytes) => SendChunksAsync(size, new byte[bytes]);

    /// <returns>The status of the answer.</returns>
    public async Task<int> AnswerAsync()
    {
        using var reader = new StreamReader(new NetworkStream(client), Encoding.ASCII);
        var line = await reader.ReadLineAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        return int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public void Dispose() => client.Dispose();
}
