namespace Sallyport.Kernel.Tests;

/// <summary>Techniques N1, N2, N11, N19, N24, N25 and B1: connections to where no rule leads.</summary>
public sealed class TcpTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Port = "4443";

    [Theory]
    [EveryMode("connect", "fastopen", "mptcp")]
    public Task A_connection_to_a_bare_address_is_refused(LabMode mode, string how) =>
        ProveAsync(mode, To(Attacker, Command("tcp", how, Attacker, Port, Canary)));

    [Theory]
    [EveryMode("connect", "fastopen", "mptcp")]
    public Task A_connection_over_IPv6_is_judged_alike(LabMode mode, string how) =>
        ProveAsync(mode, To(Attacker6, Command("tcp", how, Attacker6, Port, Canary)));

    /// <summary>As the client's end has it: its request, and all that it printed.</summary>
    [Theory]
    [InlineData(Allowed, "http://" + Allowed)]
    [InlineData(Allowed6, "http://[" + Allowed6 + "]")]
    public async Task What_a_connection_carries_is_counted_each_way(string address, string url)
    {
        const int Payload = 2000;
        var run = await PassAsync(Script(
            $"curl -sS -i --noproxy '*' --max-time 30 -H 'X-Payload: {new string('x', Payload)}' {url}/", "sleep 0.3") with
        {
            Allow = [At("tcp", address, "80")],
        });
        var row = Assert.Single(run.Report.Connections, c => c.Address == address && c.Port == 80);
        Assert.InRange(row.BytesOut, Payload, Payload + 500);
        Assert.InRange(run.Process.Output.Length, 1, row.BytesIn);
        Assert.InRange(row.BytesIn, 1, run.Process.Output.Length + 500);
    }

    [Theory]
    [InlineData(Attacker)]
    [InlineData(Attacker6)]
    public async Task What_is_refused_carries_nothing(string address)
    {
        var run = await Lab.RunAsync(LabMode.Block, Command("tcp", "connect", address, Port, Canary));
        var row = Assert.Single(run.Report.Connections, c => c.Address == address && c.Verdict == "refused");
        Assert.Equal((0L, 0L), (row.BytesOut, row.BytesIn));
    }

    [Theory]
    [EveryMode]
    public Task An_IPv4_mapped_destination_is_the_IPv4_destination(LabMode mode) =>
        ProveAsync(mode, To(Attacker, Command("tcp", "connect", AttackerMapped, Port, Canary)));

    [Theory]
    [EveryMode(AttackerNat64, Attacker6To4, AttackerTeredo)]
    public Task An_IPv4_address_inside_an_IPv6_address_is_judged(LabMode mode, string address) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("tcp", "connect", address, Port, Canary),
            Row = Row.Connection(
                "tcp", 4443, address, Attacker, System.Net.IPAddress.Parse(address).ToString(), "64:ff9b::c633:6442"),
            Reasons = ["no-rule"],
            Exe = "tcp",
            Silent = (address, 4443),
        });

    /// <summary>A rule for every IPv6 address has the one that NAT64 makes of an IPv4 address, which another rule denies.</summary>
    [Fact]
    public Task What_is_denied_is_denied_in_its_NAT64_form_too() => ProveAsync(LabMode.Block, new Attack
    {
        Command = Command("tcp", "connect", AttackerNat64, Port, Canary) with
        {
            Policy = $"version: 1\nallow: [\"[::]/0:*\"]\ndeny: [\"{Attacker}\"]\n",
            Allow = [],
        },
        Row = Row.Connection("tcp", 4443, Attacker, AttackerNat64, "64:ff9b::c633:6442"),
        Reasons = ["denied"],
        Exe = "tcp",
        Silent = (AttackerNat64, 4443),
        Told = "EPERM",
    });

    [Fact]
    public async Task What_is_allowed_is_allowed_in_its_NAT64_form_too()
    {
        var run = await PassAsync(Command("tcp", "connect", AttackerNat64, Port, Canary) with { Allow = [$"tcp://{Attacker}:{Port}"] });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task A_socket_that_is_older_than_the_agent_is_judged(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("tcp", "inherited", "9", Canary) with { Before = ["tcp", "open-then", address, Port] },
        Row = Row.Connection("tcp", 4443, address),
        Reasons = ["no-rule"],
        Exe = "tcp",
    });

    /// <summary>
    /// Sent on at once; by descriptor 5000; from a ring's own table, when there is no descriptor any more, by the job's thread or the
    /// kernel's; by a timer, when the call is over.
    /// </summary>
    [Theory]
    [EveryMode(Attacker, Attacker6, $"{Attacker} high", $"{Attacker} ring", $"{Attacker} sqpoll", $"{Attacker} corked")]
    public async Task A_socket_handed_over_by_a_helper_is_judged(LabMode mode, string what)
    {
        var (address, how) = (what.Split(' ')[0], what.Split(' ')[1..]);
        var path = $"/run/lab/work/{Canary}";
        // The control of block mode uses up one helper, the attack another.
        for (var i = mode == LabMode.Block ? 0 : 1; i < 2; i++)
        {
            var now = mode == LabMode.Block && i == 0 ? LabMode.Off : mode;
            using var helper = Lab.Start("tcp", "pass", path, address, Port);
            await helper.SaysAsync("listening", TimeSpan.FromMinutes(1));
            // To ask the helper is allowed: it is the connection that must be refused.
            var command = Command(["tcp", "take", path, Canary, .. how]) with
            {
                Policy = $"version: 1\nallow: [allowed.test]\nsockets: [{path}]\n",
                Allow = [],
            };
            var run = await Lab.RunAsync(now, command);
            Assert.Equal("taken\n", run.Process.Output);
            Assert.Equal(now != LabMode.Block, run.Traffic.Contains(Canary));
            if (now == LabMode.Off)
            {
                continue;
            }

            var verdict = now == LabMode.Audit ? "observed" : "refused";
            Assert.True(
                run.Report.Connections.Any(c => c is { Port: 4443, Reason: "no-rule" } && c.Address == address && c.Verdict == verdict
                    && run.Report.ExeOf(c.Process)?.EndsWith("/tcp", StringComparison.Ordinal) == true),
                run.ToString());
        }
    }

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task An_address_rewritten_by_another_thread_gains_nothing(LabMode mode, string address)
    {
        var good = address == Attacker ? Allowed : Allowed6;
        return ProveAsync(mode, new Attack
        {
            Command = Command("tcp", "flip", good, address, Port, Canary, "3000") with { Allow = [At("tcp", good, Port)] },
            Arrived = run => run.Traffic.PacketsTo(address) > 0,
            Row = Row.Connection("tcp", 4443, address),
            Reasons = ["no-rule"],
            Exe = "tcp",
            Silent = (address, 4443),
        });
    }

    [Theory]
    [EveryMode(Metadata, MetadataContainers, CloudPlatform, Private)]
    public Task Metadata_and_private_addresses_are_judged_like_any_other(LabMode mode, string address) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("curl", "-sS", "--max-time", "30", $"http://{address}:2375/{Canary}"),
            Row = Row.Connection("tcp", 2375, address),
            Reasons = ["no-rule"],
            Exe = "curl",
            Silent = (address, 2375),
        });

    [Theory]
    [EveryMode]
    public Task The_metadata_service_is_refused_over_IPv6(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("curl", "-sS", "--max-time", "30", $"http://[{Metadata6}]/{Canary}"),
        Row = Row.Connection("tcp", 80, Metadata6),
        Reasons = ["no-rule"],
        Exe = "curl",
        Silent = (Metadata6, 80),
    });

    [Fact]
    public async Task A_deny_rule_holds_in_audit_mode_too()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Command("tcp", "connect", Attacker, Port, Canary) with
        {
            Allow = [],
            Policy = $"version: 1\nmode: audit\nallow: [\"198.51.100.0/24:*\"]\ndeny: [\"{Attacker}\"]\n",
        });
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
        Assert.True(
            run.Report.Connections.Any(c => c is { Address: Attacker, Verdict: "refused", Reason: "denied" }),
            run.ToString());
    }

    [Theory]
    [EveryMode]
    public Task A_leased_address_is_open_at_its_rules_port_only(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} allowed.test A",
            $"exec {Program("tcp")} connect {Allowed} {Port} {Canary}"),
        Row = Row.Connection("tcp", 4443, Allowed),
        Reasons = ["port"],
        Exe = "tcp",
        Silent = (Allowed, 4443),
    });

    private static Attack To(string address, LabCommand command) => new()
    {
        Command = command,
        Row = Row.Connection("tcp", 4443, address),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (address, 4443),
        AnswersWithin = Attack.AtOnce,
        Told = "EPERM",
    };
}
