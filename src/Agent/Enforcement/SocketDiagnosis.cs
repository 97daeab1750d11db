using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host.Netlink;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Finds TCP sockets of the calling thread's network namespace by cookie and destroys them (sock_diag(7),
/// SOCK_DESTROY since 4.5): the client then fails at once instead of sending again until it gives up.
/// </summary>
internal sealed class SocketDiagnosis : IDisposable
{
    private const ushort DiagnoseByFamily = 20;
    private const ushort Destroy = 21;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const byte Tcp = 6;
    private const byte Ip4 = 2;
    private const byte Ip6 = 10;
    private const int RequestBytes = NetlinkReader.HeaderBytes + 56;
    private const int IdOffset = 4; // in inet_diag_msg
    private const int IdBytes = 48; // ports, addresses, device, cookie
    private const int CookieOffset = 40;
    private const int BufferBytes = 64 * 1024;

    private readonly NetlinkSocket socket = new(NetlinkSocket.SocketDiagnosis);
    private readonly byte[] buffer = new byte[BufferBytes];

    /// <summary>Destroys the socket; false when it is gone already.</summary>
    internal bool TryDestroy(ulong cookie)
    {
        foreach (var family in (ReadOnlySpan<byte>)[Ip4, Ip6])
        {
            if (Find(family, id => MemoryMarshal.Read<ulong>(id[CookieOffset..]) == cookie) is { } id)
            {
                Send(Destroy, Request | Acknowledge, family, id);
                _ = socket.Receive(buffer);
                return true;
            }
        }

        return false;
    }

    public void Dispose() => socket.Dispose();

    private delegate bool IsWanted(ReadOnlySpan<byte> id);

    private byte[]? Find(byte family, IsWanted isWanted)
    {
        Send(DiagnoseByFamily, Request | Dump, family, new byte[IdBytes]);
        byte[]? found = null;
        while (true)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            var any = false;
            while (reader.TryNext(out var type, out var body))
            {
                any = true;
                if (type is NetlinkReader.Done or NetlinkReader.Error)
                {
                    return found;
                }

                if (found is null && body.Length >= IdOffset + IdBytes && isWanted(body.Slice(IdOffset, IdBytes)))
                {
                    found = body.Slice(IdOffset, IdBytes).ToArray();
                }
            }

            if (!any)
            {
                return found;
            }
        }
    }

    /// <summary>struct inet_diag_req_v2 behind the header: family, protocol, extensions, padding, states, id.</summary>
    private void Send(ushort type, ushort flags, byte family, ReadOnlySpan<byte> id)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        MemoryMarshal.Write(request, (uint)RequestBytes);
        MemoryMarshal.Write(request[4..], type);
        MemoryMarshal.Write(request[6..], flags);
        request[16] = family;
        request[17] = Tcp;
        MemoryMarshal.Write(request[20..], uint.MaxValue);
        id.CopyTo(request[24..]);
        socket.Send(request);
    }
}
