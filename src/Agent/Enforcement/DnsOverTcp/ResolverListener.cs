using System.Net;
using System.Net.Sockets;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>One port of the loopback addresses of both families, where the kernel leads connections to.</summary>
internal sealed class ResolverListener : IDisposable
{
    private const int Attempts = 16;
    private const int Backlog = 128;
    private const int SocketLevel = 1;
    private const int SendPriority = 12; // SO_PRIORITY

    /// <summary>SP_RESOLVER_PRIORITY: the programs of a nested run know the listener by it.</summary>
    private const int Priority = 0x53616c6c;

    private ResolverListener()
    {
        Ip4 = Listen(IPAddress.Loopback, 0);
        try
        {
            Ip6 = HasIp6() ? Listen(IPAddress.IPv6Loopback, Port) : null;
        }
        catch
        {
            Ip4.Dispose();
            throw;
        }
    }

    internal Socket Ip4 { get; }

    /// <summary>Null on a machine without IPv6, where nobody can have asked a resolver over it.</summary>
    internal Socket? Ip6 { get; }

    /// <summary>Host order.</summary>
    internal ushort Port => (ushort)((IPEndPoint)Ip4.LocalEndPoint!).Port;

    /// <exception cref="SocketException">No port is free in both families.</exception>
    internal static ResolverListener Open()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new ResolverListener();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                // Somebody has that port of ::1; the next one is tried.
            }
        }
    }

    public void Dispose()
    {
        Ip4.Dispose();
        Ip6?.Dispose();
    }

    /// <summary>Whether ::1 is an address of this namespace; with IPv6 switched off it is not.</summary>
    private static bool HasIp6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException e) when (
            e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return false;
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(SocketLevel, SendPriority, BitConverter.GetBytes(Priority));
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
