using System.Net.Sockets;

namespace Sallyport.Agent.Host;

/// <summary>The network namespace of this process.</summary>
internal static unsafe class NetworkNamespace
{
    private const string Link = "/proc/self/ns/net";
    private const int SocketLevel = 1;
    private const int NetworkCookie = 71;

    /// <summary>By which /proc names it, as in <c>net:[4026531840]</c>.</summary>
    internal static ulong Inode() => FileIdentity.Inode(Link);

    /// <summary>SO_NETNS_COOKIE (Linux 5.14): the number by which the kernel's programs know it; 0 on older kernels.</summary>
    internal static ulong Cookie()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        return CookieOf((int)socket.Handle);
    }

    /// <summary>The same of the namespace that a socket was made in.</summary>
    internal static ulong CookieOf(int socket)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return Interop.Libc.getsockopt(socket, SocketLevel, NetworkCookie, &cookie, &length) == 0 ? cookie : 0;
    }
}
