using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sallyport.Fuzz.Kernel;

/// <summary>Kestrel, as one of the servers that an allowed address may have, on connections that are made of bytes alone.</summary>
internal sealed class HttpServer : IConnectionListenerFactory, IConnectionListener
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> hosts = new();
    private readonly Channel<ConnectionContext> connections = Channel.CreateUnbounded<ConnectionContext>();

    public HttpServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionListenerFactory>(this);
        builder.WebHost.ConfigureKestrel(options => options.Listen(EndPoint));
        var server = builder.Build();
        server.Run(AnswerAsync);
        server.StartAsync().GetAwaiter().GetResult();
    }

    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 80);

    /// <summary>Hosts of all requests that it takes from one connection with these bytes, and nothing behind them.</summary>
    public string[] HostsOf(ReadOnlySpan<byte> stream)
    {
        hosts.Clear();
        var connection = new MemoryConnection(stream.ToArray(), EndPoint);
        _ = connections.Writer.TryWrite(connection);
        return connection.Ended.Wait(Deadline) ? [.. hosts] : throw new TimeoutException("the server does not come to an end");
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken) =>
        await connections.Reader.WaitToReadAsync(cancellationToken) && connections.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken)
    {
        _ = connections.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => default;

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
