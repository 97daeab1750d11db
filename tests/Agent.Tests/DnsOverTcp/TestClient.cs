using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Tests.Enforcement;

namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>A client that the kernel would have led to the agent's resolver. Every wait has a deadline.</summary>
internal sealed class TestClient : IDisposable
{
    private const int DeadlineMilliseconds = 20_000;

    private TestClient(Socket socket) => Socket = socket;

    internal Socket Socket { get; }

    internal static TestClient Connect(
        ushort port, MemoryTables? tables, IPAddress? from = null, AddressValue? meant = null)
    {
        var address = from ?? IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = DeadlineMilliseconds,
            SendTimeout = DeadlineMilliseconds,
        };
        tables?.Redirect(TestConnection.CookieOf(socket), new RedirectValue
        {
            Resolver = meant ?? AddressValue.From(IPAddress.Parse("198.51.100.53")),
            Process = 7,
            Pid = 77,
            ExePolicy = TaskTag.NoPolicy,
        });
        socket.Connect(address, port);
        return new TestClient(socket);
    }

    internal void Send(params byte[][] messages) =>
        Assert.NotEqual(0, Socket.Send([.. messages.SelectMany(Messages.Framed)]));

    /// <summary>The next message; null when the connection ended.</summary>
    internal byte[]? Receive()
    {
        if (Read(2) is not { } length)
        {
            return null;
        }

        return Read((length[0] << 8) | length[1]);
    }

    public void Dispose() => Socket.Dispose();

    private byte[]? Read(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var got = Socket.Receive(bytes.AsSpan(at), SocketFlags.None, out var error);
            if (got == 0)
            {
                Assert.True(error is SocketError.Success or SocketError.ConnectionReset, error.ToString());
                return null;
            }

            at += got;
        }

        return bytes;
    }
}
