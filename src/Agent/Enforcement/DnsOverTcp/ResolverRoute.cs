using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host.Netlink;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// How a resolver is reached, as it was at the start (rtnetlink(7), RTM_GETROUTE): a resolver is an address behind a
/// device, and whoever brings up the same address elsewhere later is another one (HARDENING 2).
/// </summary>
/// <param name="Device">Index of the device that its packets leave by.</param>
/// <param name="IsLocal">It answers on this machine: a stub.</param>
internal readonly record struct ResolverRoute(int Device, bool IsLocal)
{
    private const ushort NewRoute = 24;
    private const ushort GetRoute = 26;
    private const ushort Request = 1;
    private const ushort DestinationAttribute = 1;
    private const ushort DeviceAttribute = 4;
    private const byte LocalType = 2;
    private const byte Ip4 = 2;
    private const byte Ip6 = 10;
    private const int FixedBytes = 12; // struct rtmsg
    private const int TypeOffset = 7;
    private const int BufferBytes = 8192;

    /// <summary>Null when there is no route to it.</summary>
    internal static ResolverRoute? To(IPAddress resolver)
    {
        // A link-local address says its device itself; a route lookup without it would not find it.
        if (resolver.IsIPv6LinkLocal)
        {
            return resolver.ScopeId == 0 ? null : new ResolverRoute((int)resolver.ScopeId, false);
        }

        using var socket = new NetlinkSocket(NetlinkSocket.Route);
        Ask(socket, resolver);
        var buffer = new byte[BufferBytes];
        var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
        if (!reader.TryNext(out var type, out var body) || type != NewRoute || body.Length < FixedBytes)
        {
            return null;
        }

        var device = NetlinkReader.Attribute(body[FixedBytes..], DeviceAttribute);
        return device.Length < sizeof(int)
            ? null
            : new ResolverRoute(MemoryMarshal.Read<int>(device), body[TypeOffset] == LocalType);
    }

    private static void Ask(NetlinkSocket socket, IPAddress resolver)
    {
        var address = resolver.GetAddressBytes();
        Span<byte> request = stackalloc byte[NetlinkReader.HeaderBytes + FixedBytes + 4 + address.Length];
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], GetRoute);
        MemoryMarshal.Write(request[6..], Request);
        var route = request[NetlinkReader.HeaderBytes..];
        route[0] = resolver.AddressFamily == AddressFamily.InterNetwork ? Ip4 : Ip6;
        route[1] = (byte)(address.Length * 8);
        MemoryMarshal.Write(route[FixedBytes..], (ushort)(4 + address.Length));
        MemoryMarshal.Write(route[(FixedBytes + 2)..], DestinationAttribute);
        address.CopyTo(route[(FixedBytes + 4)..]);
        socket.Send(request);
    }
}
