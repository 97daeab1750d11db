using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>
/// A DNS server on loopback in the place of the machine's resolver. Each question is counted, then answered as the test
/// says; null hangs up.
/// </summary>
internal sealed class TestResolver : IUpstreams
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<byte[], byte[]?> answer;
    private int asked;

    internal TestResolver(Func<byte[], byte[]?> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = AcceptAsync();
    }

    internal int Asked => Volatile.Read(ref asked);

    public AddressValue First => AddressValue.From(IPAddress.Loopback);

    /// <summary>Which resolvers were to be reached, in order.</summary>
    internal ConcurrentQueue<IPAddress> Meant { get; } = [];

    public FramedSocket? Begin(AddressValue resolver)
    {
        Meant.Enqueue(resolver.ToAddress());
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(listener.LocalEndpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // It goes on, as it does with the machine's.
        }

        return new FramedSocket(socket);
    }

    public bool IsGenuine(FramedSocket upstream, AddressValue resolver) => true;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var length = new byte[2];
            try
            {
                while (true)
                {
                    await stream.ReadExactlyAsync(length);
                    var message = new byte[(length[0] << 8) | length[1]];
                    await stream.ReadExactlyAsync(message);
                    Interlocked.Increment(ref asked);
                    if (answer(message) is not { } reply)
                    {
                        return;
                    }

                    await stream.WriteAsync(Messages.Framed(reply));
                }
            }
            catch (IOException)
            {
                // The other side has gone, which ends the connection.
            }
        }
    }
}
