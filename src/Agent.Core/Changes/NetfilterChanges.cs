using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>
/// Messages of nf_tables (linux/netfilter/nf_tables.h), which iptables and ip6tables use too: type = subsystem 10 and a
/// number; body = family, version, two bytes, attributes.
/// </summary>
internal static class NetfilterChanges
{
    private const int Subsystem = 10;
    private const int FixedBytes = 4;
    private const ushort TableName = 1; // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, NFTA_SET_ELEM_LIST_TABLE
    private const ushort ChainName = 3;
    private const ushort ChainHook = 4;
    private const ushort ChainType = 7;
    private const ushort RuleChain = 2;
    private const ushort RuleExpressions = 4;
    private const ushort SetName = 2;

    public static void Read(ReadOnlySpan<byte> data, uint total, ChangeList list)
    {
        var reader = new NetlinkReader(data);
        while (reader.TryNext(out var type, out var body))
        {
            if (type >> 8 == Subsystem && body.Length >= FixedBytes)
            {
                Read(type & 0xff, Family(body[0]), body[FixedBytes..], list);
            }
        }

        if (total > data.Length)
        {
            list.Add(FindingCatalogue.FirewallChanged, ("what", "more than was captured"));
        }
    }

    private static void Read(int type, string family, ReadOnlySpan<byte> attributes, ChangeList list)
    {
        var table = $"{family} {ChangeText.Of(NetlinkReader.Attribute(attributes, TableName))}";
        switch (type)
        {
            case 2: // NFT_MSG_DELTABLE
                list.Add(FindingCatalogue.FirewallFlushed, ("what", "table"), ("table", table));
                break;
            case 3: // NFT_MSG_NEWCHAIN: one without a hook is never reached but by a rule
                var hook = NetlinkReader.Attribute(attributes, ChainHook);
                if (!hook.IsEmpty)
                {
                    list.Add(
                        FindingCatalogue.FirewallChanged,
                        ("what", "chain"),
                        ("table", table),
                        ("chain", ChangeText.Of(NetlinkReader.Attribute(attributes, ChainName))),
                        ("type", ChangeText.Of(NetlinkReader.Attribute(attributes, ChainType))));
                }

                break;
            case 5: // NFT_MSG_DELCHAIN
                var gone = ChangeText.Of(NetlinkReader.Attribute(attributes, ChainName));
                list.Add(FindingCatalogue.FirewallFlushed, ("what", "chain"), ("table", table), ("chain", gone));
                break;
            case 6: // NFT_MSG_NEWRULE
                var isNat = NatExpressions.Any(NetlinkReader.Attribute(attributes, RuleExpressions));
                list.Add(
                    isNat ? FindingCatalogue.NatRuleAdded : FindingCatalogue.FirewallChanged,
                    ("what", "rule"),
                    ("table", table),
                    ("chain", ChangeText.Of(NetlinkReader.Attribute(attributes, RuleChain))));
                break;
            case 8: // NFT_MSG_DELRULE
                var chain = ChangeText.Of(NetlinkReader.Attribute(attributes, RuleChain));
                list.Add(FindingCatalogue.FirewallFlushed, ("what", "rule"), ("table", table), ("chain", chain));
                break;
            case 12 or 14: // NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM: what a rule of before looks up
                var set = ChangeText.Of(NetlinkReader.Attribute(attributes, SetName));
                list.Add(FindingCatalogue.FirewallChanged, ("what", "set element"), ("table", table), ("set", set));
                break;
            case 22: // NFT_MSG_NEWFLOWTABLE
                list.Add(FindingCatalogue.FirewallChanged, ("what", "flow table"), ("table", table));
                break;
        }
    }

    private static string Family(byte family) => family switch
    {
        1 => "inet",
        2 => "ip",
        3 => "arp",
        5 => "netdev",
        7 => "bridge",
        10 => "ip6",
        _ => "other",
    };
}
