using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>A device as rtnetlink(7) describes it.</summary>
/// <param name="Index">Index in its network namespace.</param>
/// <param name="Name">Name.</param>
/// <param name="Type">ARPHRD_*: 1 Ethernet, 772 loopback, 65534 none.</param>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>tun</c>, …; empty for hardware and loopback.</param>
/// <param name="Master">Index of the bridge that it is a port of, or 0.</param>
/// <param name="PeerNamespace">Number (nsid) of the network namespace that its peer is in; null when that is this one.</param>
internal sealed record NetworkDevice(int Index, string Name, ushort Type, string Kind, int Master, int? PeerNamespace)
{
    internal const ushort NewLink = 16;
    internal const ushort DeleteLink = 17;
    internal const ushort GetLink = 18;
    private const ushort Loopback = 772;
    private const ushort NoHeader = 65534;
    private const int FixedBytes = 16;

    internal bool IsLoopback => Type == Loopback;

    internal bool IsBridge => Kind == "bridge";

    internal bool IsVeth => Kind == "veth";

    /// <summary>Packets on it begin with the IP header.</summary>
    internal bool HasNoLinkHeader => Type == NoHeader;

    internal static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out NetworkDevice? device)
    {
        device = null;
        if (body.Length < FixedBytes)
        {
            return false;
        }

        var attributes = body[FixedBytes..];
        var master = NetlinkReader.Attribute(attributes, 10);
        var peer = NetlinkReader.Attribute(attributes, 37);
        var kind = NetlinkReader.Attribute(NetlinkReader.Attribute(attributes, 18), 1);
        device = new NetworkDevice(
            MemoryMarshal.Read<int>(body[4..]),
            Text(NetlinkReader.Attribute(attributes, 3)),
            MemoryMarshal.Read<ushort>(body[2..]),
            Text(kind),
            master.Length >= 4 ? MemoryMarshal.Read<int>(master) : 0,
            peer.Length >= 4 ? MemoryMarshal.Read<int>(peer) : null);
        return true;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes.TrimEnd((byte)0));
}
