using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>Address blocks; each carries what every block around it says as well.</summary>
internal static class AddressTable
{
    public static ImmutableArray<AddressEntry> Build(ImmutableArray<CompiledRule> rules)
    {
        CompiledRule[] addressed = [.. rules.Where(rule => rule.Endpoint.Network is not null)];
        var prefixes = addressed.Select(rule => rule.Endpoint.Network!.Value).ToHashSet();

        // In the 128-bit space a short IPv6 block lies around IPv4; a key of IPv4's own keeps it away.
        if (prefixes.Any(prefix => !prefix.IsIPv4 && IpPrefix.Mask(IpPrefix.AllIPv4.Bits, prefix.Length) == prefix.Bits))
        {
            _ = prefixes.Add(IpPrefix.AllIPv4);
        }
        return
        [
            .. prefixes.OrderBy(prefix => prefix.Bits).ThenBy(prefix => prefix.Length)
                .Select(prefix => new AddressEntry(prefix, RuleSet.Of(
                    [.. addressed.Where(rule => rule.Endpoint.Network!.Value.Contains(prefix)).Select(rule => rule.Number)]))),
        ];
    }
}
