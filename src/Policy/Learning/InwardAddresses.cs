using System.Net;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Learning;

/// <summary>What an answer leases only where an address rule covers it: <c>is_inward</c> in bpf/include/address.h.</summary>
internal static class InwardAddresses
{
    private static readonly IpPrefix[] Blocks =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
            "224.0.0.0/3", "::", "::1", "fc00::/7", "fe80::/10", "ff00::/8",
        ]).Select(Read),
    ];

    public static bool Contains(IPAddress address)
    {
        IpPrefix one = IpPrefix.Of(address);
        return Blocks.Any(block => block.Contains(one));
    }

    private static IpPrefix Read(string text) => AddressReader.TryRead(text, out IpPrefix prefix, out _)
        ? prefix
        : throw new ArgumentException("No block of addresses.", nameof(text));
}
