using System.Net;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public class NamespaceAddressesTests
{
    // Of a container of Docker's on Linux 6.18.
    private const string Table = """
        Main:
          +-- 0.0.0.0/0 3 0 5
             |-- 0.0.0.0
                /0 universe UNICAST
             +-- 172.17.0.0/16 2 0 2
                |-- 172.17.0.0
                   /16 link UNICAST
        Local:
          +-- 0.0.0.0/0 3 0 5
             +-- 127.0.0.0/8 2 0 2
                |-- 127.0.0.1
                   /32 host LOCAL
             +-- 172.17.0.0/16 2 0 2
                |-- 172.17.0.2
                   /32 host LOCAL
                |-- 172.17.255.255
                   /32 link BROADCAST
        """;

    [Fact]
    public void The_hosts_own_leaves_are_its_addresses() =>
        Assert.Equal(["127.0.0.1", "172.17.0.2"], NamespaceAddresses.OfVersion4(Table).Select(address => address.ToString()));

    [Fact]
    public void Version_6_is_read_from_its_digits() =>
        Assert.Equal(
            ["::1", "2001:db8::2"],
            NamespaceAddresses.OfVersion6(
                "00000000000000000000000000000001 01 80 10 80       lo\n20010db8000000000000000000000002 06 40 00 80     eth0\nx\n")
                .Select(address => address.ToString()));

    [Fact]
    public void Of_this_process_there_is_none_of_loopback() =>
        Assert.DoesNotContain(NamespaceAddresses.Of(Environment.ProcessId), IPAddress.IsLoopback);

    [Theory]
    [InlineData("/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2 -container-port 80", "172.17.0.2")]
    [InlineData("docker-proxy -container-ip 2001:db8::2", "2001:db8::2")]
    [InlineData("docker-proxy -container-ip", null)]
    [InlineData("docker-proxy -container-ip x -proto tcp", null)]
    [InlineData("docker-proxy", null)]
    [InlineData("", null)]
    public void A_forwarder_says_which_container_is_behind_it(string words, string? container) =>
        Assert.Equal(container, PortForwarders.ContainerOf(words.Replace(' ', '\0'))?.ToString());
}
