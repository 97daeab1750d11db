using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>
/// Ports as blocks of powers of two. Every rule's range is split, and each block carries the rules of every block
/// around it: the longest block that holds a port then has all rules of that port, since blocks either nest or are apart.
/// </summary>
internal static class PortTable
{
    public static ImmutableArray<PortEntry> Build(ImmutableArray<CompiledRule> rules)
    {
        var own = new Dictionary<(byte Protocol, PortPrefix Prefix), RuleSet>();
        foreach (CompiledRule rule in rules)
        {
            foreach (byte protocol in IpProtocols.Of(rule.Endpoint.Scheme))
            {
                foreach (PortPrefix prefix in PortPrefix.Split(rule.Endpoint.Ports))
                {
                    (byte, PortPrefix) key = (protocol, prefix);
                    own[key] = own.GetValueOrDefault(key).Or(RuleSet.Of([rule.Number]));
                }
            }
        }
        return
        [
            .. own.Keys.OrderBy(key => key.Protocol).ThenBy(key => key.Prefix.Port).ThenBy(key => key.Prefix.Length)
                .Select(key => new PortEntry(key.Protocol, key.Prefix.Port, key.Prefix.Length, Unite(key, own))),
        ];
    }

    private static RuleSet Unite(
        (byte Protocol, PortPrefix Prefix) key, Dictionary<(byte Protocol, PortPrefix Prefix), RuleSet> own)
    {
        RuleSet rules = default;
        for (int length = 0; length <= key.Prefix.Length; length++)
        {
            ushort port = (ushort)(key.Prefix.Port & (0xFFFF << (16 - length)));
            rules = rules.Or(own.GetValueOrDefault((key.Protocol, new PortPrefix(port, length))));
        }
        return rules;
    }
}
