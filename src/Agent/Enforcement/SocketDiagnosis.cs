using System.ComponentModel;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;
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
    private const int InodeOffset = 68; // in inet_diag_msg; 0 of a socket that no process holds any more
    private const int AnswerBytes = 72;
    private const int BufferBytes = 64 * 1024;

    private readonly NetlinkSocket socket = new(NetlinkSocket.SocketDiagnosis);
    private readonly byte[] buffer = new byte[BufferBytes];

    /// <summary>Why this kernel destroys no socket (EOPNOTSUPP without CONFIG_INET_DIAG_DESTROY); 0 when it does, for who has the right.</summary>
    /// <exception cref="Win32Exception">There is no way to ask.</exception>
    internal int WhyNot() => AskToDestroy(Ip4, new byte[IdBytes]) is var error and not Native.ENOENT ? error : 0; // nobody has port 0

    /// <summary>Destroys the socket; false when it is gone already, or nobody waits for it any more.</summary>
    /// <exception cref="Win32Exception">It is there, and the kernel does not destroy it; or what is there could not be read.</exception>
    internal bool TryDestroy(ulong cookie)
    {
        foreach (var family in (ReadOnlySpan<byte>)[Ip4, Ip6])
        {
            if (Find(family, id => MemoryMarshal.Read<ulong>(id[CookieOffset..]) == cookie) is { } found)
            {
                var error = AskToDestroy(family, found.Id);
                return error is not (0 or Native.ENOENT) && found.IsHeld ? throw new Win32Exception(error) : error == 0;
            }
        }

        return false;
    }

    public void Dispose() => socket.Dispose();

    private delegate bool IsWanted(ReadOnlySpan<byte> id);

    private sealed record Found(byte[] Id, bool IsHeld);

    /// <returns>The error that the kernel answers with; 0 for none.</returns>
    private int AskToDestroy(byte family, ReadOnlySpan<byte> id)
    {
        Send(Destroy, Request | Acknowledge, family, id);
        var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
        return reader.TryNext(out var type, out var body) && type == NetlinkReader.Error && body.Length >= sizeof(int)
            ? -MemoryMarshal.Read<int>(body)
            : Native.ENOBUFS;
    }

    private Found? Find(byte family, IsWanted isWanted)
    {
        Send(DiagnoseByFamily, Request | Dump, family, new byte[IdBytes]);
        Found? found = null;
        while (true)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            var any = false;
            while (reader.TryNext(out var type, out var body))
            {
                any = true;
                if (type is NetlinkReader.Done or NetlinkReader.Error)
                {
                    // Both begin with an error, 0 for none: this kernel lists no TCP sockets (tcp_diag is not there).
                    return found is null && body.Length >= sizeof(int) && MemoryMarshal.Read<int>(body) is < 0 and var error
                        ? throw new Win32Exception(-error)
                        : found;
                }

                if (found is null && body.Length >= AnswerBytes && isWanted(body.Slice(IdOffset, IdBytes)))
                {
                    found = new Found(body.Slice(IdOffset, IdBytes).ToArray(), MemoryMarshal.Read<uint>(body[InodeOffset..]) != 0);
                }
            }

            if (!any)
            {
                return found ?? throw new Win32Exception(Native.ENOBUFS);
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
