using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>Who connected, as the kernel noted it then (SO_PEERCRED, unix(7)): nothing that a message says of itself.</summary>
/// <param name="Pid">In this pid namespace; 0 when the peer is in one that cannot be seen from here.</param>
/// <param name="User">uid.</param>
/// <param name="Group">gid.</param>
internal readonly record struct PeerCredentials(int Pid, uint User, uint Group)
{
    private const int SocketLevel = 1;
    private const int PeerCredential = 17;

    internal static PeerCredentials Of(Socket socket)
    {
        Span<uint> values = stackalloc uint[3];
        _ = socket.GetRawSocketOption(SocketLevel, PeerCredential, MemoryMarshal.AsBytes(values));
        return new PeerCredentials((int)values[0], values[1], values[2]);
    }
}
