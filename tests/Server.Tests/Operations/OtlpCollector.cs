using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Server.Tests.Operations;

/// <summary>Takes what is sent by OTLP over HTTP, on loopback.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private readonly Task serving;

    public OtlpCollector()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Address { get; }

    public IEnumerable<byte[]> Of(string path) => received.Where(one => one.Path == path).Select(one => one.Body);

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or HttpListenerException)
        {
            // It was closed.
        }
    }
}
