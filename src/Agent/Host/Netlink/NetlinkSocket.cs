using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>A netlink socket (netlink(7)) of the network namespace that the calling thread is in.</summary>
internal sealed unsafe class NetlinkSocket : SafeHandleMinusOneIsInvalid
{
    /// <summary>NETLINK_ROUTE: devices and addresses.</summary>
    internal const int Route = 0;

    /// <summary>NETLINK_SOCK_DIAG: sockets.</summary>
    internal const int SocketDiagnosis = 4;

    /// <summary>NETLINK_XFRM: IPsec.</summary>
    internal const int Xfrm = 6;

    /// <summary>NETLINK_NETFILTER: packet filters.</summary>
    internal const int Netfilter = 12;

    private const int Family = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int SocketLevel = 1;
    private const int AttachProgram = 50; // SO_ATTACH_BPF

    /// <param name="protocol">One of the constants above.</param>
    /// <param name="groups">Bit mask of multicast groups, 0 for none.</param>
    /// <param name="filter">Descriptor of a program that sees each message before this socket does; 0 for none.</param>
    internal NetlinkSocket(int protocol, uint groups = 0, int filter = 0)
        : base(ownsHandle: true)
    {
        SetHandle(Interop.Libc.socket(Family, RawCloseOnExec, protocol));
        if (IsInvalid)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        if (filter != 0 && Interop.Libc.setsockopt(Descriptor, SocketLevel, AttachProgram, &filter, sizeof(int)) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        // struct sockaddr_nl: family, padding, port 0 = the kernel gives one, groups
        var address = stackalloc uint[3];
        address[0] = Family;
        address[2] = groups;
        if (Interop.Libc.bind(Descriptor, address, 12) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    internal int Descriptor => (int)handle;

    internal void Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            if (Interop.Libc.send(Descriptor, start, (nuint)message.Length, 0) < 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>One datagram of messages; 0 when the socket was interrupted or lost some (ENOBUFS).</summary>
    internal int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Math.Max(0, Interop.Libc.recv(Descriptor, start, (nuint)buffer.Length, 0));
        }
    }

    protected override bool ReleaseHandle() => Interop.Libc.close((int)handle) == 0;
}
