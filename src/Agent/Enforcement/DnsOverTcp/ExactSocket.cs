using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host.Netlink;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Asks the kernel for one TCP socket of the calling thread's network namespace by both its ends (sock_diag(7) without
/// NLM_F_DUMP). Ports alone would not do: a second client may hold the same port of another loopback address.
/// </summary>
internal sealed class ExactSocket : IDisposable
{
    private const ushort DiagnoseByFamily = 20;
    private const ushort Request = 1;
    private const byte Tcp = 6;
    private const byte Ip4 = 2;
    private const byte Ip6 = 10;
    private const byte Listening = 10;
    private const int RequestBytes = NetlinkReader.HeaderBytes + 56;
    private const int StateOffset = 1; // in inet_diag_msg
    private const int CookieOffset = 44;
    private const int BufferBytes = 8192;

    private readonly NetlinkSocket socket = new(NetlinkSocket.SocketDiagnosis);
    private readonly byte[] buffer = new byte[BufferBytes];

    /// <summary>Cookie of the connected socket that has these ends; 0 when there is none here.</summary>
    internal ulong CookieOf(IPEndPoint own, IPEndPoint peer) => CookieOf(own, peer, isListener: false);

    /// <summary>Cookie of the socket that would be called at this address; 0 when nobody listens there.</summary>
    internal ulong ListenerAt(IPEndPoint own) => CookieOf(
        own,
        new IPEndPoint(own.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0),
        isListener: true);

    private ulong CookieOf(IPEndPoint own, IPEndPoint peer, bool isListener)
    {
        Ask(own, peer);
        var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
        return reader.TryNext(out var type, out var body) && type == DiagnoseByFamily
            && body.Length >= CookieOffset + sizeof(ulong) && body[StateOffset] == Listening == isListener
            ? MemoryMarshal.Read<ulong>(body[CookieOffset..])
            : 0;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>
    /// struct inet_diag_req_v2 behind the header: family, protocol, extensions, padding, states; ports and addresses in
    /// network order, device, and as cookie INET_DIAG_NOCOOKIE.
    /// </summary>
    private void Ask(IPEndPoint own, IPEndPoint peer)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        MemoryMarshal.Write(request, (uint)RequestBytes);
        MemoryMarshal.Write(request[4..], DiagnoseByFamily);
        MemoryMarshal.Write(request[6..], Request);
        request[16] = own.AddressFamily == AddressFamily.InterNetwork ? Ip4 : Ip6;
        request[17] = Tcp;
        MemoryMarshal.Write(request[20..], uint.MaxValue);
        WritePort(request[24..], own.Port);
        WritePort(request[26..], peer.Port);
        _ = own.Address.TryWriteBytes(request[28..], out _);
        _ = peer.Address.TryWriteBytes(request[44..], out _);
        MemoryMarshal.Write(request[64..], ulong.MaxValue);
        socket.Send(request);
    }

    private static void WritePort(Span<byte> destination, int port) =>
        (destination[0], destination[1]) = ((byte)(port >> 8), (byte)port);
}
