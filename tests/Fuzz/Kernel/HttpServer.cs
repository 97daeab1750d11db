using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Sallyport.Fuzz.Kernel;

/// <summary>Kestrel at a socket of this process, as one of the servers that an allowed address may have.</summary>
internal sealed class HttpServer
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> hosts = new();
    private readonly string path = Path.Combine(Path.GetTempPath(), $"sallyport-fuzz-{Environment.ProcessId}.sock");

    public HttpServer()
    {
        File.Delete(path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(path));
        var server = builder.Build();
        server.Run(AnswerAsync);
        server.StartAsync().GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
    }

    /// <summary>Hosts of all requests that it takes from one connection with these bytes, and nothing behind them.</summary>
    public IReadOnlyList<string> HostsOf(ReadOnlySpan<byte> stream)
    {
        hosts.Clear();
        if (stream.IsEmpty)
        {
            return [];
        }

        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Deadline.TotalMilliseconds,
        };
        client.Connect(new UnixDomainSocketEndPoint(path));
        try
        {
            client.Send(stream);
            client.Shutdown(SocketShutdown.Send);
            Span<byte> answer = stackalloc byte[4096];
            while (client.Receive(answer) > 0)
            {
                // Only its end matters: then all requests were answered.
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // It has had enough of it.
        }

        return [.. hosts];
    }

    private async Task AnswerAsync(HttpContext context)
    {
        hosts.Enqueue(context.Request.Host.Host);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (Uri.TryCreate(target, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https")
        {
            hosts.Enqueue(absolute!.Host);
        }

        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
    }
}
