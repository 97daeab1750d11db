using System.Net.Sockets;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>The daemon's own socket, found anew for each connection: a daemon that starts again makes a new file.</summary>
internal sealed class DaemonSocket(RuntimeSocket place)
{
    /// <summary>Throws SocketException when nobody listens.</summary>
    internal async Task<Socket> ConnectAsync()
    {
        using var file = place.TryOpen() ?? throw new SocketException((int)SocketError.ConnectionRefused);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Not by its path, which has 107 bytes at most and may lead elsewhere from here.
            await socket.ConnectAsync(new UnixDomainSocketEndPoint($"/proc/self/fd/{file.DangerousGetHandle()}"));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
