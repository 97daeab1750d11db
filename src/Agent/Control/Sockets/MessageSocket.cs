using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>
/// One end of a Unix socket that keeps messages apart (SOCK_SEQPACKET, unix(7)). A message has at most
/// <see cref="MaximumBytes"/>; a longer one ends the connection.
/// </summary>
internal sealed unsafe class MessageSocket(Socket socket) : IDisposable
{
    /// <summary>CONTRACTS, control socket.</summary>
    internal const int MaximumBytes = 64 * 1024;

    private const int UnixFamily = 1;
    private const int SequencedCloseOnExec = 5 | 0x80000;

    internal PeerCredentials Peer => PeerCredentials.Of(socket);

    /// <summary>Null when nobody answers there.</summary>
    internal static MessageSocket? TryConnect(string path)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var connected = new MessageSocket(socket);
            socket = null;
            return connected;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Two ends; the second is for a child.</summary>
    internal static (MessageSocket Own, SafeFileHandle Childs) Pair()
    {
        var pair = stackalloc int[2];
        return Interop.Libc.socketpair(UnixFamily, SequencedCloseOnExec, 0, pair) == 0
            ? (Of(pair[0]), new SafeFileHandle(pair[1], ownsHandle: true))
            : throw Errno.Failure("socketpair");
    }

    /// <summary>An end that was inherited: nobody inherits it from here, or who waits at the other end would not see this one end.</summary>
    internal static MessageSocket Of(int descriptor)
    {
        _ = Interop.Libc.fcntl(descriptor, Native.F_SETFD, Native.FD_CLOEXEC);
        SafeSocketHandle? handle = null;
        Socket? socket = null;
        try
        {
            handle = new SafeSocketHandle(descriptor, ownsHandle: true);
            socket = new Socket(handle);
            handle = null;
            var message = new MessageSocket(socket);
            socket = null;
            return message;
        }
        finally
        {
            handle?.Dispose();
            socket?.Dispose();
        }
    }

    /// <summary>False when the peer is gone or does not read.</summary>
    internal bool TrySend(ReadOnlySpan<byte> message)
    {
        try
        {
            return message.Length <= MaximumBytes && socket.Send(message) == message.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits for a message. Null when the peer is gone, said too much, or the time is over.</summary>
    internal byte[]? TryReceive(TimeSpan timeout)
    {
        try
        {
            if (!socket.Poll(timeout, SelectMode.SelectRead))
            {
                return null;
            }

            // One byte more than a message may have: a longer one is seen as such, for the kernel cuts it.
            var buffer = new byte[MaximumBytes + 1];
            var count = socket.Receive(buffer);
            return count is 0 or > MaximumBytes ? null : buffer[..count];
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();
}
