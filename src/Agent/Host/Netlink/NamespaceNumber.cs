using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>What this network namespace calls another one (nsid, ip-netns(8)).</summary>
internal static class NamespaceNumber
{
    private const ushort GetNamespaceId = 90; // RTM_GETNSID
    private const ushort NewNamespaceId = 88; // RTM_NEWNSID
    private const ushort NumberAttribute = 1; // NETNSA_NSID
    private const ushort ProcessAttribute = 2; // NETNSA_PID
    private const ushort Request = 1;

    /// <summary>Of the namespace that a process is in; null when it is gone, or its namespace has no number here.</summary>
    internal static int? Of(NetlinkSocket socket, int pid)
    {
        Span<byte> request = stackalloc byte[NetlinkReader.HeaderBytes + 12];
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], GetNamespaceId);
        MemoryMarshal.Write(request[6..], Request);

        // struct rtgenmsg, padded to 4 bytes; the attribute
        MemoryMarshal.Write(request[20..], (ushort)8);
        MemoryMarshal.Write(request[22..], ProcessAttribute);
        MemoryMarshal.Write(request[24..], pid);
        socket.Send(request);
        Span<byte> answer = stackalloc byte[256];
        var reader = new NetlinkReader(answer[..socket.Receive(answer)]);
        if (!reader.TryNext(out var type, out var body) || type != NewNamespaceId || body.Length < 4)
        {
            return null;
        }

        var number = NetlinkReader.Attribute(body[4..], NumberAttribute);
        return number.Length >= 4 && MemoryMarshal.Read<int>(number) is var value and >= 0 ? value : null;
    }
}
