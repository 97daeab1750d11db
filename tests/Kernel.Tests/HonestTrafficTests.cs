using Sallyport.Lab.Dns;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING A to E: what a job with a correct policy does goes on as if nobody watched.</summary>
public sealed class HonestTrafficTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("curl", "-4", "-sS", "--max-time", "30", "https://allowed.test/")]
    [InlineData("curl", "-6", "-sS", "--max-time", "30", "https://allowed.test/")]
    [InlineData("git", "ls-remote", "https://allowed.test/repository.git")]
    [InlineData("/usr/bin/python3", "-c", "import urllib.request as r; r.urlopen('https://allowed.test/').read()")]
    public async Task Ordinary_clients_reach_an_allowed_name(params string[] command)
    {
        var run = await PassAsync(Command(command));
        Assert.True(run.Traffic.Conversations.Any(c => c.ServerName == "allowed.test"), run.ToString());
        Assert.True(
            run.Report.Connections.Any(c => c is { Destination: "allowed.test", Verdict: "allowed" }), run.ToString());
    }

    [Fact]
    public async Task A_user_without_privileges_reaches_an_allowed_name() =>
        await PassAsync(Command("curl", "-sS", "--max-time", "30", "https://allowed.test/") with { UserId = 65534 });

    [Fact]
    public async Task A_search_list_finds_a_short_name()
    {
        Lab.World.Zones.Add("short.corp.test", Allowed);
        await PassAsync(Command("resolve", "short", "4443", Canary) with { Allow = ["tcp://short.corp.test:4443"] });
    }

    [Theory]
    [InlineData("resolve")]
    [InlineData("resolve-musl")]
    public async Task With_many_dots_the_suffixed_questions_are_not_reported(string program)
    {
        Assert.SkipWhen(program == "resolve-musl" && LabNetwork.WhyNoMusl is not null, LabNetwork.WhyNoMusl ?? "");
        await PassAsync(Command("env", "RES_OPTIONS=ndots:5", Program(program), "allowed.test", "4443", Canary) with
        {
            Allow = ["tcp://allowed.test:4443"],
        });
    }

    [Fact]
    public async Task Sorting_two_addresses_refuses_nothing() =>
        await PassAsync(Command("resolve", "two.test") with { Allow = ["two.test:443"] });

    [Fact]
    public async Task A_chain_of_aliases_leads_to_the_address() => await PassAsync(
        Command("curl", "-sS", "--max-time", "30", "https://alias.test/") with { Allow = ["alias.test"] });

    /// <summary>As many as a message of 1232 bytes holds.</summary>
    [Theory]
    [InlineData(Allowed)]
    [InlineData(Allowed6)]
    public async Task A_long_chain_of_aliases_leads_to_the_address(string address)
    {
        const int Count = 28;
        var family = address == Allowed ? "v4" : "v6";
        Lab.World.Zones.Say($"{family}0.test", new DnsReply
        {
            Answers =
            [
                .. Enumerable.Range(0, Count).Select(i => DnsRecord.OfAlias($"{family}{i}.test", $"{family}{i + 1}.test")),
                DnsRecord.OfAddress($"{family}{Count}.test", address),
            ],
        });
        await PassAsync(Script(
            $"{Program("dns")} ask {Resolver} {family}0.test {(address == Allowed ? "A" : "AAAA")} edns",
            $"exec {Program("tcp")} connect {address} 4443 {Canary}") with
        {
            Allow = [$"tcp://{family}0.test:4443"],
        });
    }

    [Fact]
    public async Task An_answer_is_leased_before_its_client_can_use_it()
    {
        var run = await PassAsync(Script(
            $"for i in $(seq 40); do {Program("resolve")} n$i.allowed.test 4443 {Canary}; done") with
        {
            Allow = ["tcp://*.allowed.test:4443"],
        });
        for (var i = 0; i < 200 && Lab.World.Received().Conversations.Count < 40; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken); // the client has gone before the server is told of it
        }

        Assert.True(Lab.World.Received().Conversations.Count == 40, run.ToString());
    }

    [Fact]
    public async Task A_lease_outlives_its_time_to_live()
    {
        Lab.World.Zones.Say("brief.test", new DnsReply { Answers = [DnsRecord.OfAddress("brief.test", Allowed, 1)] });
        await PassAsync(Script(
            $"{Program("dns")} ask {Resolver} brief.test A",
            "sleep 2",
            $"exec {Program("tcp")} connect {Allowed} 4443 {Canary}") with
        {
            Allow = ["tcp://brief.test:4443"],
        });
    }

    /// <summary>As many as are looked at; one more is not leased, which is counted.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    public async Task Every_address_of_a_long_answer_is_told(int count)
    {
        var name = $"long{count}.test";
        Lab.World.Zones.Say(name, new DnsReply
        {
            Answers = [.. Enumerable.Range(1, count).Select(i => DnsRecord.OfAddress(name, $"198.51.100.{i + 100}"))],
        });
        var run = await PassAsync(Command("dns", "ask", Resolver, name, "A", "edns") with { Allow = [name] });
        var told = run.Report.Dns.Where(row => row.Name == name).SelectMany(row => row.Addresses).Distinct();
        Assert.Equal(64, told.Count());
        Assert.Equal(count > 64 ? 1 : 0, run.Report.Losses.GetValueOrDefault("lease-table"));
        Assert.Equal(count <= 64, run.Report.Complete);
    }

    [Theory]
    [InlineData("uncompressed")]
    [InlineData("mixed-CASE")]
    [InlineData("many")]
    [InlineData("truncated")]
    public async Task Answers_of_every_form_are_read(string form)
    {
        var name = $"{form}.forms.test";
        Lab.World.Zones.Say(name.ToLowerInvariant(), new DnsReply
        {
            Answers = form == "many"
                ? [.. Enumerable.Range(1, 30).Select(i => DnsRecord.OfAddress(name, $"198.51.100.{200 + i}")),
                    DnsRecord.OfAddress(name, Allowed)]
                : [DnsRecord.OfAddress(name.ToLowerInvariant(), Allowed)],
            Uncompressed = form == "uncompressed",
            Truncated = form == "truncated",
        });
        var ask = form switch
        {
            "many" => $"{Program("dns")} ask {Resolver} {name} A edns",
            "truncated" => $"{Program("dns")} ask {Resolver} {name} A tcp",
            _ => $"{Program("dns")} ask {Resolver} {name} A",
        };
        await PassAsync(Script(ask, $"exec {Program("tcp")} connect {Allowed} 4443 {Canary}") with
        {
            Allow = ["tcp://*.forms.test:4443"],
        });
    }

    [Theory]
    [InlineData(Resolver, "tcp")]
    [InlineData(Resolver, "bytes")]
    [InlineData(Resolver6, "tcp")]
    public async Task An_allowed_name_over_TCP_is_answered(string resolver, string how)
    {
        var run = await PassAsync(Script(
            $"{Program("dns")} ask {resolver} allowed.test A {how}",
            $"exec {Program("tcp")} connect {Allowed} 4443 {Canary}") with
        {
            Allow = ["tcp://allowed.test:4443"],
        });
        Assert.Contains(Allowed, run.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resolve")]
    [InlineData("resolve-musl")]
    [InlineData("dns golike " + Resolver)]
    [InlineData("dns golike " + Resolver6)]
    public async Task A_refused_name_is_answered_within_a_second(string client)
    {
        Assert.SkipWhen(client == "resolve-musl" && LabNetwork.WhyNoMusl is not null, LabNetwork.WhyNoMusl ?? "");
        var run = await NoSuchNameAsync(LabMode.Block, Command([.. client.Split(' '), $"{Canary}.attacker.test"]));
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
    }

    /// <summary>Docker's client is a Go program; the variable makes it ask by Go's own resolver, as one without cgo does.</summary>
    [Theory]
    [InlineData("allowed.test", true)]
    [InlineData("refused.attacker.test", false)]
    public async Task A_Go_program_is_told_at_once_whether_a_name_may_be_asked(string name, bool isAllowed)
    {
        const string Docker = "/usr/bin/docker";
        Assert.SkipUnless(File.Exists(Docker), "docker (package docker.io) is not installed");
        var command = Script(
            "begin=$(date +%s%N)",
            $"GODEBUG=netdns=go {Docker} -H tcp://{name}:2375 version || true",
            "echo $((($(date +%s%N) - begin) / 1000000)) ms") with
        {
            Allow = ["allowed.test:2375"],
        };
        var control = await Lab.RunAsync(LabMode.Off, command);
        Assert.Contains(control.Traffic.Conversations, conversation => conversation.Host == $"{name}:2375");
        // Go waits five seconds for an answer that does not come, each time; the machine is not busy each time.
        var run = await Lab.RunAsync(LabMode.Block, command);
        for (var again = 0; again < 2 && MillisecondsOf(run) is null or >= 4000; again++)
        {
            run = await Lab.RunAsync(LabMode.Block, command);
        }

        Assert.Equal(isAllowed, run.Traffic.Conversations.Any(conversation => conversation.Host == $"{name}:2375"));
        Assert.Equal(isAllowed, run.Traffic.Questions.Any(question => question.Name == name));
        // Go says whom it asked, which the C library would not.
        Assert.Equal(
            !isAllowed, run.Process.Errors.Contains($"on {Resolver}:53: no such host", StringComparison.Ordinal));
        Assert.True(MillisecondsOf(run) < 4000, run.ToString());
    }

    [Fact]
    public async Task A_service_below_an_allowed_name_may_be_asked() =>
        await PassAsync(Command("dns", "ask", Resolver, "_https._tcp.allowed.test", "SRV"));

    [Theory]
    [InlineData("CNAME")]
    [InlineData("SOA")]
    [InlineData("PTR")]
    public async Task An_allowed_name_may_be_asked_for_its_alias_and_its_zone(string type)
    {
        var run = await PassAsync(Command("dns", "ask", Resolver, "allowed.test", type));
        Assert.Single(run.Traffic.Questions, question => question.Name == "allowed.test");
    }

    [Theory]
    [InlineData("*.allowed.test")]
    [InlineData(null)]
    public async Task An_allowed_name_of_255_bytes_is_reached(string? rule)
    {
        // With the byte of each label's length and the root: 4 * (1 + 59) + 1 = 241 bytes before the zone's 14.
        var label = new string('x', 59);
        var name = $"{label}.{label}.{label}.{label}y.allowed.test"[..253];
        Assert.Equal(253, name.Length);
        await PassAsync(Script(
            $"{Program("dns")} ask {Resolver} {name} A",
            $"exec {Program("tcp")} connect {Allowed} 4443 {Canary}") with
        {
            Allow = [$"tcp://{rule ?? name}:4443"],
        });
    }

    [Theory]
    [InlineData("TXT")]
    [InlineData("SVCB")]
    [InlineData("HTTPS")]
    public async Task A_question_type_that_the_policy_opens_may_be_asked(string type) =>
        await PassAsync(Command("dns", "ask", Resolver, "allowed.test", type) with
        {
            Policy = $"version: 1\nallow: [allowed.test]\ndns:\n  questions: [{type}]\n",
            Allow = [],
        });

    [Theory]
    [InlineData(Allowed)]
    [InlineData(Allowed6)]
    public async Task An_ICMP_rule_lets_an_echo_request_through(string address)
    {
        var run = await PassAsync(Command("raw", "ping", address, Canary) with { Allow = [$"icmp://{address}"] });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Fact]
    public async Task A_name_in_the_hosts_file_at_the_start_is_leased() => await PassAsync(
        Command("curl", "-sS", "--max-time", "30", "https://hosts.test/") with { Allow = ["hosts.test"] });

    [Fact]
    public async Task A_datagram_to_an_allowed_address_is_answered()
    {
        var run = await PassAsync(
            Command("udp", "exchange", Allowed, "7", Canary) with { Allow = [$"udp://{Allowed}:7"] });
        Assert.Contains(Canary, run.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_shared_by_two_allowed_names_add_up()
    {
        var run = await PassAsync(
            Command("curl", "-4", "-sS", "--max-time", "30", "https://allowed.test/", "https://shared.test/") with
            {
                Allow = ["allowed.test", "shared.test"],
            });
        Assert.True(run.Traffic.Conversations.Any(c => c.ServerName == "shared.test"), run.ToString());
    }
}
