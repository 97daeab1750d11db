using Sallyport.Lab.Dns;

namespace Sallyport.Kernel.Tests;

/// <summary>Techniques D11 to D13 and HARDENING rule 2: answers that should open nothing.</summary>
public sealed class LeaseTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Port = "4443";

    [Theory]
    [EveryMode]
    public Task An_answer_of_a_server_on_loopback_leases_nothing(LabMode mode) =>
        ProveAsync(mode, Forged("forge", "local", "127.0.0.9", "allowed.test", Attacker, Port, Canary));

    [Theory]
    [EveryMode]
    public Task An_answer_from_the_resolvers_address_in_another_namespace_leases_nothing(LabMode mode)
    {
        var attack = Forged("forge", "namespace", Resolver, "allowed.test", Attacker, Port, Canary);
        return ProveAsync(mode, attack with { Command = attack.Command with { UserId = 65534 } });
    }

    [Theory]
    [EveryMode]
    public Task An_answer_that_came_in_over_loopback_leases_nothing(LabMode mode)
    {
        // The genuine server is slow: the forged answer is there first.
        var name = $"{Canary}-slow.test";
        Lab.World.Zones.Say(name, new DnsReply
        {
            Answers = [DnsRecord.OfAddress(name, Allowed)],
            Delay = TimeSpan.FromSeconds(1),
        });
        var attack = Forged("forge", "raw", Resolver, name, Attacker, Port, Canary);
        return ProveAsync(mode, attack with
        {
            Command = attack.Command with { Allow = [$"{name}:{Port}"] },
            // The name itself carries the canary to the resolver, and may.
            Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
        });
    }

    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task Records_that_the_question_does_not_lead_to_lease_nothing(LabMode mode, string address)
    {
        var right = IsIp6(address) ? Allowed6 : Allowed;
        Lab.World.Zones.Say("extra.test", new DnsReply
        {
            Answers =
            [
                DnsRecord.OfAddress("extra.test", right),
                DnsRecord.OfAddress("attacker.test", address),
                DnsRecord.OfAlias("another.test", "attacker.test"),
            ],
            Additional = [DnsRecord.OfAddress("extra.test", address), DnsRecord.OfAddress("ns.extra.test", address)],
        });
        return ProveAsync(mode, AfterAsking("extra.test", address));
    }

    /// <summary>One that goes round, and one that leads elsewhere: the address belongs to neither's end.</summary>
    [Theory]
    [EveryMode("round", "gap")]
    public Task A_chain_of_aliases_that_leads_nowhere_leases_nothing(LabMode mode, string shape)
    {
        var name = $"{shape}.test";
        Lab.World.Zones.Say(name, new DnsReply
        {
            Answers =
            [
                DnsRecord.OfAlias(name, "one.test"),
                DnsRecord.OfAlias("one.test", shape == "round" ? name : "elsewhere.test"),
                DnsRecord.OfAlias("two.test", "three.test"),
                DnsRecord.OfAddress("three.test", Attacker),
            ],
        });
        return ProveAsync(mode, AfterAsking(name, Attacker));
    }

    /// <summary>
    /// Technique D11, from the resolver's own address and over the right device: another id, another port, another question, and a
    /// second answer behind the first one.
    /// </summary>
    [Theory]
    [EveryMode("id " + Attacker, "port " + Attacker, "question " + Attacker, "again " + Attacker, "id " + Attacker6, "again " + Attacker6)]
    public async Task An_answer_to_no_question_that_was_seen_leases_nothing(LabMode mode, string way)
    {
        var (how, address) = (way.Split(' ')[0], way.Split(' ')[1]);
        var name = $"forged-{how}-{(IsIp6(address) ? "six" : "four")}.test";
        var right = IsIp6(address) ? Allowed6 : Allowed;
        Lab.World.Zones.Say(name, new DnsReply
        {
            Answers = [DnsRecord.OfAddress(name, right)],
            Forgery = new DnsForgery(address)
            {
                IdOffset = how == "id" ? 1 : 0,
                PortOffset = how == "port" ? 1 : 0,
                Question = how == "question" ? "attacker.test" : null,
                IsLate = how == "again",
            },
        });
        var run = await ProveAsync(mode, AfterAsking(name, address, resolver: IsIp6(address) ? Resolver6 : Resolver));
        if (mode != LabMode.Off)
        {
            // One that answers something else under the same id uses the question up: the true one is too late then.
            Assert.Equal(
                how == "question" ? [] : [right],
                run.Report.Dns.Where(row => row.Name == name).SelectMany(row => row.Addresses));
        }
    }

    [Theory]
    [EveryMode(
        Metadata, Private, Carrier, CloudPlatform, Metadata6, PrivateMapped, PrivateNat64, "127.0.0.1", "::1", "fe80::1")]
    public async Task A_private_address_in_an_answer_leases_nothing(LabMode mode, string address)
    {
        var name = $"rebind-{address.Replace('.', '-').Replace(':', '-')}-x.test";
        Lab.World.Zones.Say(name, new DnsReply { Answers = [DnsRecord.OfAddress(name, address)] });
        if (address is "127.0.0.1" or "::1" or "fe80::1")
        {
            // These need no lease, or a device's name too; what must not happen is that the answer opens one to a rule's other ports.
            var run = await Lab.RunAsync(
                mode, Command("dns", "ask", Resolver, name, IsIp6(address) ? "AAAA" : "A") with { Allow = [name] });
            Assert.Contains(address, run.Process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(
                run.ReportOrNull?.Dns.SelectMany(d => d.Addresses) ?? [], leased => leased == address);
            return;
        }

        // An IPv4 address in another form is that address.
        await ProveAsync(mode, AfterAsking(name, address) with
        {
            Reasons = ["no-lease"],
            Row = address is PrivateMapped or PrivateNat64
                ? Row.Connection("tcp", 4443, Private, address, "64:ff9b::a00:1")
                : Row.Connection("tcp", 4443, address),
        });
    }

    [Theory]
    [EveryMode("udp", "tcp")]
    public Task The_report_says_that_an_allowed_names_address_was_not_leased(LabMode mode, string how)
    {
        var name = $"inward-{how}.test";
        Lab.World.Zones.Say(name, new DnsReply { Answers = [DnsRecord.OfAddress(name, Private)] });
        return ProveAsync(mode, AfterAsking(name, Private, how) with { Reasons = ["no-lease"] });
    }

    [Theory]
    [EveryMode]
    public Task Of_another_port_it_does_not_say_so(LabMode mode)
    {
        Lab.World.Zones.Say("port.test", new DnsReply { Answers = [DnsRecord.OfAddress("port.test", Private)] });
        var attack = AfterAsking("port.test", Private) with { Reasons = ["no-rule"] };
        return ProveAsync(mode, attack with { Command = attack.Command with { Allow = ["port.test:4444"] } });
    }

    [Theory]
    [EveryMode]
    public Task A_line_added_to_the_hosts_file_leases_nothing(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"printf '127.0.0.1 localhost\\n{Attacker} late.test\\n' > /etc/hosts",
            $"curl -sS --max-time 30 https://late.test:8443/{Canary} || echo failed",
            $"printf '127.0.0.1 localhost\\n::1 localhost\\n{InHostsFile} hosts.test\\n' > /etc/hosts") with
        {
            Allow = ["late.test:8443"],
        },
        Row = Row.Connection("tcp", 8443, Attacker),
        // In audit the flow goes on, and says the name; in block mode nobody who is believed has said it.
        Reasons = [mode == LabMode.Audit ? "no-lease" : "no-rule"],
        Exe = "curl",
        Silent = (Attacker, 8443),
    });

    /// <summary>Of a file that others may write, or that is somebody else's, a line leases nothing: it only says why the call was refused.</summary>
    [Theory]
    [EveryMode("chown 65534", "chmod 666")]
    public async Task A_hosts_file_that_is_not_roots_alone_leases_nothing(LabMode mode, string how)
    {
        Assert.True((await Lab.OutsideAsync("/bin/sh", "-ec", $"{how} /etc/hosts")).ExitCode == 0);
        try
        {
            await ProveAsync(mode, new Attack
            {
                Command = Command("curl", "-sS", "--max-time", "30", $"https://hosts.test:8443/{Canary}") with { Allow = ["hosts.test:8443"] },
                Arrived = run => run.Traffic.PacketsTo(InHostsFile) > 0,
                Row = Row.Connection("tcp", 8443, InHostsFile),
                Reasons = ["no-lease"],
                Exe = "curl",
                Silent = (InHostsFile, 8443),
            });
        }
        finally
        {
            await Lab.OutsideAsync("/bin/sh", "-ec", "chown 0 /etc/hosts; chmod 644 /etc/hosts");
        }
    }

    [Theory]
    [EveryMode]
    public async Task An_address_that_finds_no_place_in_the_table_is_refused_and_counted(LabMode mode)
    {
        Lab.World.Zones.Say("many.full.test", new DnsReply
        {
            Answers = [.. Enumerable.Range(1, 12).Select(i => DnsRecord.OfAddress("many.full.test", $"198.51.100.{200 + i}"))],
        });
        Lab.World.Zones.Say("last.full.test", new DnsReply { Answers = [DnsRecord.OfAddress("last.full.test", Allowed)] });
        var attack = AfterAsking("last.full.test", Allowed) with { Reasons = ["no-lease"] };
        var run = await ProveAsync(mode, attack with
        {
            Command = Script(
                $"{Program("dns")} ask {Resolver} many.full.test A", string.Join('\n', attack.Command.Arguments[2..])) with
            {
                Allow = ["tcp://*.full.test:4443"],
                Options = ["--lease-entries", "8"],
            },
        });
        if (mode != LabMode.Off)
        {
            Assert.True(run.Report.Losses.GetValueOrDefault("lease-table") > 0 && !run.Report.Complete, run.ToString());
        }
    }

    private static bool IsIp6(string address) => address.Contains(':', StringComparison.Ordinal);

    private Attack AfterAsking(string name, string address, string how = "udp", string resolver = Resolver) => new()
    {
        Command = Script(
            $"{Program("dns")} ask {resolver} {name} {(IsIp6(address) ? "AAAA" : "A")} {how}",
            $"exec {Program("tcp")} connect {address} {Port} {Canary}") with
        {
            Allow = [$"{name}:{Port}"],
        },
        Row = Row.Connection("tcp", 4443, address),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (address, 4443),
    };

    private static Attack Forged(params string[] arguments) => new()
    {
        Command = Command(arguments) with { Allow = [$"allowed.test:{Port}"] },
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "forge",
        Silent = (Attacker, 4443),
    };
}
