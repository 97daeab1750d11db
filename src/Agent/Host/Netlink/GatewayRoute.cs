using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>A route that leads further than to neighbours: by a gateway, or to everywhere (rtnetlink(7)).</summary>
internal static class GatewayRoute
{
    internal const ushort GetRoute = 26;
    private const int FixedBytes = 12;
    private const byte Unicast = 1; // RTN_UNICAST
    private const int HopBytes = 8; // struct rtnexthop: length, flags, weight, device

    /// <summary>Adds the indexes of the devices that it leads by; none for any other route.</summary>
    internal static void AddDevices(ReadOnlySpan<byte> body, ISet<int> devices)
    {
        if (body.Length < FixedBytes || body[7] != Unicast)
        {
            return;
        }

        var isDefault = body[1] == 0;
        var attributes = body[FixedBytes..];
        var device = NetlinkReader.Attribute(attributes, 4); // RTA_OIF
        if (device.Length >= 4 && (isDefault || HasGateway(attributes)))
        {
            _ = devices.Add(MemoryMarshal.Read<int>(device));
        }

        var hops = NetlinkReader.Attribute(attributes, 9); // RTA_MULTIPATH
        while (hops.Length >= HopBytes)
        {
            var length = MemoryMarshal.Read<ushort>(hops);
            if (length < HopBytes || length > hops.Length)
            {
                return;
            }

            if (isDefault || HasGateway(hops[HopBytes..length]))
            {
                _ = devices.Add(MemoryMarshal.Read<int>(hops[4..]));
            }

            hops = hops[Math.Min(hops.Length, (length + 3) & ~3)..];
        }
    }

    /// <summary>RTA_GATEWAY, or RTA_VIA when the gateway is of the other family.</summary>
    private static bool HasGateway(ReadOnlySpan<byte> attributes) =>
        !NetlinkReader.Attribute(attributes, 5).IsEmpty || !NetlinkReader.Attribute(attributes, 18).IsEmpty;
}
