using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>An open connection over loopback.</summary>
internal sealed class TestConnection : IDisposable
{
    private const int SocketLevel = 1;
    private const int CookieOption = 57; // SO_COOKIE
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    internal TestConnection()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        client.Connect(listener.LocalEndPoint!);
    }

    /// <summary>Of the client's end.</summary>
    internal ulong Cookie => CookieOf(client);

    /// <summary>The client has been told an error.</summary>
    internal bool HasEnded => client.Poll(0, SelectMode.SelectRead) && Record.Exception(() => client.Receive(new byte[1])) is SocketException;

    internal static ulong CookieOf(Socket socket)
    {
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        Assert.Equal(sizeof(ulong), socket.GetRawSocketOption(SocketLevel, CookieOption, cookie));
        return MemoryMarshal.Read<ulong>(cookie);
    }

    public void Dispose()
    {
        client.Dispose();
        listener.Dispose();
    }
}
