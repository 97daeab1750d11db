using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>
/// Messages of rtnetlink(7). What the kernel does by itself on the task that happens to run (a router's advertisement,
/// the route that follows from an address) has no port: such a message counts only when ioctl(2) could have caused it.
/// </summary>
internal static class RouteChanges
{
    private const int RouteBytes = 12;
    private const int TrafficBytes = 20;

    public static void Read(ReadOnlySpan<byte> data, ChangeList list)
    {
        var reader = new NetlinkReader(data);
        while (reader.TryNext(out var type, out var body))
        {
            switch (type)
            {
                case 16: // RTM_NEWLINK
                    DeviceChanges.Device(body, list);
                    break;
                case 20: // RTM_NEWADDR
                    DeviceChanges.Address(body, reader.Port, list);
                    break;
                case 24 when body.Length >= RouteBytes: // RTM_NEWROUTE
                    Route(body, reader.Port, list);
                    break;
                case 32 or 33 when body.Length >= RouteBytes: // RTM_NEWRULE, RTM_DELRULE
                    Rule(body, type == 32 ? "added" : "removed", list);
                    break;
                case 104: // RTM_NEWNEXTHOP
                    list.Add(FindingCatalogue.RouteAdded, ("what", "next hop"));
                    break;
                // RTM_NEWQDISC, RTM_NEWTFILTER, RTM_NEWACTION, RTM_NEWCHAIN
                case 36 or 44 or 48 or 100 when body.Length >= TrafficBytes:
                    Traffic(FindingCatalogue.TrafficFilterAdded, type, body, list);
                    break;
                case 37 or 45 when body.Length >= TrafficBytes: // RTM_DELQDISC, RTM_DELTFILTER
                    Traffic(FindingCatalogue.TrafficFilterRemoved, type - 1, body, list);
                    break;
            }
        }
    }

    /// <summary>
    /// struct rtmsg: family, destination's length, …, protocol at 5; RTA_DST 1, RTA_OIF 4, RTA_GATEWAY 5.
    /// </summary>
    private static void Route(ReadOnlySpan<byte> body, uint port, ChangeList list)
    {
        // RTPROT_REDIRECT, RTPROT_KERNEL, RTPROT_RA: ioctl(2) makes RTPROT_BOOT
        if (port == 0 && body[5] is 1 or 2 or 9)
        {
            return;
        }

        var attributes = body[RouteBytes..];
        list.Add(
            FindingCatalogue.RouteAdded,
            ("destination", ChangeText.Address(NetlinkReader.Attribute(attributes, 1), body[1]) ?? "default"),
            ("via", ChangeText.Address(NetlinkReader.Attribute(attributes, 5))),
            ("device", ChangeText.Number(NetlinkReader.Attribute(attributes, 4))),
            ("table", ChangeText.Number(NetlinkReader.Attribute(attributes, 15))));
    }

    /// <summary>struct fib_rule_hdr: family, destination's length, source's length; FRA_DST 1, FRA_SRC 2.</summary>
    private static void Rule(ReadOnlySpan<byte> body, string what, ChangeList list)
    {
        var attributes = body[RouteBytes..];
        list.Add(
            FindingCatalogue.RoutingRuleChanged,
            ("what", what),
            ("to", ChangeText.Address(NetlinkReader.Attribute(attributes, 1), body[1])),
            ("from", ChangeText.Address(NetlinkReader.Attribute(attributes, 2), body[2])),
            ("table", ChangeText.Number(NetlinkReader.Attribute(attributes, 15))),
            ("priority", ChangeText.Number(NetlinkReader.Attribute(attributes, 6))));
    }

    /// <summary>struct tcmsg: …, device at 4; TCA_KIND 1.</summary>
    private static void Traffic(FindingKind kind, int type, ReadOnlySpan<byte> body, ChangeList list) => list.Add(
        kind,
        ("what", type switch
        {
            36 => "queueing discipline",
            44 => "filter",
            48 => "action",
            _ => "chain",
        }),
        ("kind", type == 48 ? null : ChangeText.Of(NetlinkReader.Attribute(body[TrafficBytes..], 1))),
        ("device", type == 48 ? null : ChangeText.Number(body[4..])));
}
