using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// One question to a runtime over HTTP/1.0, whose reply ends with the connection. By hand: a client library would bring
/// TLS, and with it a library that this program does not need.
/// </summary>
internal static class RuntimeCall
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15); // a daemon that starts the container answers when it has

    private const int MostBytes = 1024 * 1024;
    private const int FirstBytes = 16 * 1024;

    /// <summary>Gives null when nobody answers there, not in time, or not as Docker's API does.</summary>
    /// <param name="file">The socket's file, opened with O_PATH.</param>
    /// <param name="id">64 hexadecimal digits.</param>
    /// <param name="stop">Ends the call.</param>
    internal static ContainerReply? TryAsk(SafeFileHandle file, string id, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            SendTimeout = (int)Deadline.TotalMilliseconds,
            ReceiveTimeout = (int)Deadline.TotalMilliseconds,
        };
        deadline.CancelAfter(Deadline);
        using var closing = deadline.Token.Register(socket.Dispose);
        try
        {
            // Not by its path, which has 107 bytes at most and may lead elsewhere from here.
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{file.DangerousGetHandle()}"));
            var request = Encoding.ASCII.GetBytes($"GET /containers/{id}/json HTTP/1.0\r\nHost: runtime\r\n\r\n");
            for (var sent = 0; sent < request.Length;)
            {
                sent += socket.Send(request, sent, request.Length - sent, SocketFlags.None);
            }

            return ContainerReply.TryRead(ReadAll(socket));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> ReadAll(Socket socket)
    {
        var buffer = new byte[FirstBytes];
        var length = 0;
        int received;
        while ((received = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None)) > 0)
        {
            length += received;
            if (length == MostBytes)
            {
                break; // no container is described by that much: what was cut off is no JSON
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, MostBytes));
            }
        }

        return buffer.AsSpan(0, length);
    }
}
