using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sallyport.Lab.Namespaces;
using Sallyport.Lab.Traffic;

namespace Sallyport.Lab.Servers;

/// <summary>Accepts on one port of every address of the world and gives each connection to a service.</summary>
internal sealed class TcpServer : IDisposable
{
    private readonly Socket _listener;
    private readonly TcpService _service;
    private readonly ConcurrentQueue<Conversation> _log;

    private TcpServer(Socket listener, TcpService service, ConcurrentQueue<Conversation> log)
    {
        (_listener, _service, _log) = (listener, service, log);
        _ = AcceptAsync();
    }

    public static TcpServer Start(
        NamespaceThread world, int port, TcpService service, ConcurrentQueue<Conversation> log) => world.Run(() =>
    {
        var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
        {
            DualMode = true,
        };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(512);
        return new TcpServer(listener, service, log);
    });

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            client.NoDelay = true;
            var conversation = new Conversation(Plain(client.LocalEndPoint), Plain(client.RemoteEndPoint));
            _log.Enqueue(conversation);
            await using var stream = new NetworkStream(client, ownsSocket: true);
            await _service(stream, conversation);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client has gone, which refused clients do. What was said until then is in the conversation.
        }
    }

    private static IPEndPoint Plain(EndPoint? endpoint)
    {
        var ip = (IPEndPoint)endpoint!;
        return ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : ip;
    }
}
