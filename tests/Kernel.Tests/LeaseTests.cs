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
    [EveryMode]
    public Task Records_that_the_question_does_not_lead_to_lease_nothing(LabMode mode)
    {
        Lab.World.Zones.Say("extra.test", new DnsReply
        {
            Answers =
            [
                DnsRecord.OfAddress("extra.test", Allowed),
                DnsRecord.OfAddress("attacker.test", Attacker),
                DnsRecord.OfAlias("another.test", "attacker.test"),
            ],
            Additional = [DnsRecord.OfAddress("extra.test", Attacker), DnsRecord.OfAddress("ns.extra.test", Attacker)],
        });
        return ProveAsync(mode, AfterAsking("extra.test", Attacker));
    }

    [Theory]
    [EveryMode(Metadata, Private, "127.0.0.1")]
    public async Task A_private_address_in_an_answer_leases_nothing(LabMode mode, string address)
    {
        var name = $"rebind-{address.Replace('.', '-')}.test";
        Lab.World.Zones.Say(name, new DnsReply { Answers = [DnsRecord.OfAddress(name, address)] });
        if (address == "127.0.0.1")
        {
            // Loopback needs no lease; what must not happen is that the answer opens it to a rule's other ports.
            var run = await Lab.RunAsync(mode, Command("dns", "ask", Resolver, name, "A") with { Allow = [name] });
            Assert.Contains(address, run.Process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(
                run.ReportOrNull?.Dns.SelectMany(d => d.Addresses) ?? [], leased => leased == address);
            return;
        }

        await ProveAsync(mode, AfterAsking(name, address) with { Reasons = ["no-lease"] });
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
            $"curl -sS --max-time 3 https://late.test:8443/{Canary} || echo failed",
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

    private Attack AfterAsking(string name, string address, string how = "udp") => new()
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} {name} A {how}",
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
