using System.Net;
using Sallyport.Agent.Core.Dns;

namespace Sallyport.Agent.Core.Tests.Dns;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255")]
    [InlineData("10.0.0.0", "10.255.255.255")]
    [InlineData("100.64.0.0", "100.127.255.255")]
    [InlineData("127.0.0.0", "127.255.255.255")]
    [InlineData("168.63.129.16", "168.63.129.16")]
    [InlineData("169.254.0.0", "169.254.255.255")]
    [InlineData("172.16.0.0", "172.31.255.255")]
    [InlineData("192.168.0.0", "192.168.255.255")]
    [InlineData("224.0.0.0", "255.255.255.255")]
    [InlineData("::", "::1")]
    [InlineData("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_range_is_inward_from_its_first_address_to_its_last(string first, string last)
    {
        Assert.True(IsInward(first));
        Assert.True(IsInward(last));
    }

    [Theory]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("198.51.100.10")]
    [InlineData("::2")]
    [InlineData("2001:db8::10")]
    [InlineData("fbff::")]
    [InlineData("fe00::")]
    [InlineData("fec0::")]
    public void Its_neighbours_are_not(string address) => Assert.False(IsInward(address));

    private static bool IsInward(string address) =>
        AddressRanges.IsInward(IPAddress.Parse(address).MapToIPv6().GetAddressBytes());
}
