using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>New devices and addresses of devices (rtnetlink(7)).</summary>
internal static class DeviceChanges
{
    private const int LinkBytes = 16;
    private const int AddressBytes = 8;
    private const uint EverythingChanged = uint.MaxValue;

    /// <summary>Kinds whose packets travel inside others.</summary>
    private static readonly string[] Tunnels =
    [
        "tun", "wireguard", "ipip", "sit", "gre", "gretap", "erspan", "ip6tnl", "ip6gre", "ip6gretap", "ip6erspan",
        "vxlan", "geneve", "gtp", "bareudp", "vti", "vti6", "xfrm", "l2tp", "ppp", "amt", "ovpn",
    ];

    /// <summary>
    /// struct ifinfomsg: …, index at 4, change at 12 (all bits: the device is new here, made or moved);
    /// IFLA_IFNAME 3, IFLA_LINKINFO 18 with IFLA_INFO_KIND 1.
    /// </summary>
    public static void Device(ReadOnlySpan<byte> body, ChangeList list)
    {
        if (body.Length < LinkBytes || MemoryMarshal.Read<uint>(body[12..]) != EverythingChanged)
        {
            return;
        }

        var attributes = body[LinkBytes..];
        var kind = ChangeText.Of(NetlinkReader.Attribute(NetlinkReader.Attribute(attributes, 18), 1));
        list.Add(
            Tunnels.Contains(kind) ? FindingCatalogue.TunnelCreated : FindingCatalogue.DeviceCreated,
            ("device", ChangeText.Of(NetlinkReader.Attribute(attributes, 3))),
            ("kind", kind));
    }

    /// <summary>
    /// struct ifaddrmsg: family, prefix length, …, device at 4; IFA_ADDRESS 1, IFA_LOCAL 2, IFA_PROTO 11 (5.18). With
    /// IFA_PROTO the kernel says that it made the address itself: loopback's, a router's, a link-local one.
    /// </summary>
    public static void Address(ReadOnlySpan<byte> body, uint port, ChangeList list)
    {
        if (body.Length < AddressBytes)
        {
            return;
        }

        var attributes = body[AddressBytes..];
        var local = NetlinkReader.Attribute(attributes, 2);
        local = local.IsEmpty ? NetlinkReader.Attribute(attributes, 1) : local;
        var origin = NetlinkReader.Attribute(attributes, 11);
        var isLinkLocal = local.Length == 16 && local[0] == 0xfe && (local[1] & 0xc0) == 0x80;
        if (port == 0 && ((!origin.IsEmpty && origin[0] is >= 1 and <= 3) || isLinkLocal))
        {
            return;
        }

        list.Add(
            FindingCatalogue.AddressAdded,
            ("address", ChangeText.Address(local, body[1])),
            ("device", ChangeText.Number(body[4..])));
    }
}
