using Sallyport.Lab.Dns;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// HARDENING rule 2 and technique D9 on a machine whose resolv.conf names a stub on loopback: names are judged where the stub is
/// asked, and an address is leased by what that very stub answers.
/// </summary>
public sealed class StubTests : KernelTest, IClassFixture<StubLabFixture>
{
    public StubTests(StubLabFixture fixture)
        : base(fixture) => Assert.SkipWhen(fixture.WhyNoStub is not null, fixture.WhyNoStub ?? "");

    private string SecretName => $"{Canary}.attacker.test";

    [Theory]
    [InlineData("curl", "-4", "-sS", "--max-time", "30", "https://allowed.test/")]
    [InlineData("curl", "-6", "-sS", "--max-time", "30", "https://allowed.test/")]
    [InlineData("resolve", "allowed.test", "443")]
    [InlineData("resolve-musl", "allowed.test", "443")]
    [InlineData("env", "RES_OPTIONS=use-vc", "curl", "-sS", "--max-time", "30", "https://allowed.test/")]
    public async Task An_allowed_name_is_resolved_by_the_stub_and_reached(params string[] command)
    {
        Assert.SkipWhen(command[0] == "resolve-musl" && LabNetwork.WhyNoMusl is not null, LabNetwork.WhyNoMusl ?? "");
        var hello = command[0] != "curl" && command[0] != "env";
        var run = await PassAsync(
            (hello ? Command([.. command, Canary]) : Command(command)) with
            {
                Allow = [hello ? "tcp://allowed.test:443" : "allowed.test"],
            });
        Assert.True(run.Traffic.ConnectionsTo(Allowed) + run.Traffic.ConnectionsTo(Allowed6) > 0, run.ToString());
        Assert.Contains(run.Traffic.Questions, question => question.Name == "allowed.test");
        Assert.True(
            run.Report.Dns.Any(d => d is { Name: "allowed.test", Verdict: "allowed", Resolver: Stub }), run.ToString());
        // What the stub asks upstream is the stub's own.
        Assert.DoesNotContain(run.Report.Dns, d => d.Resolver != Stub || d.Process is null);
        Assert.DoesNotContain(run.Report.Connections, c => c.Address == Resolver);
    }

    [Theory]
    [EveryMode("udp", "tcp")]
    public Task Another_name_does_not_get_past_the_stub(LabMode mode, string how) => ProveAsync(mode, new Attack
    {
        Command = Command("dns", "ask", Stub, SecretName, "A", how),
        Row = Row.Question(SecretName, "A"),
        Reasons = ["name"],
        Exe = "dns",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [InlineData("resolve")]
    [InlineData("resolve-musl")]
    [InlineData("dns golike " + Stub)]
    public async Task Another_name_does_not_exist_at_once(string client)
    {
        Assert.SkipWhen(client == "resolve-musl" && LabNetwork.WhyNoMusl is not null, LabNetwork.WhyNoMusl ?? "");
        var run = await NoSuchNameAsync(LabMode.Block, Command([.. client.Split(' '), SecretName]));
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
    }

    [Fact]
    public async Task What_others_ask_the_stub_meanwhile_is_neither_judged_nor_the_jobs()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "echo ready; until [ -e /run/lab/work/go ]; do sleep 0.02; done; rm /run/lab/work/go") with
        {
            Meanwhile = async job =>
            {
                await job.SaysAsync("ready", TimeSpan.FromMinutes(1));
                var other = await Lab.OutsideAsync("dns", "ask", Stub, SecretName, "A");
                Assert.True(other.Output.StartsWith("rcode 0", StringComparison.Ordinal), other.ToString());
                await Lab.OutsideAsync("touch", "/run/lab/work/go");
            },
        });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        Assert.Empty(run.Report.Dns);
        Assert.Empty(run.Report.Connections);
    }

    [Theory]
    [EveryMode]
    public Task A_question_straight_to_the_stubs_own_resolver_is_judged_by_its_name(LabMode mode) =>
        ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", Resolver, SecretName, "A"),
            Row = Row.Question(SecretName, "A"),
            Reasons = ["name"],
            Exe = "dns",
            AnswersWithin = Attack.AtOnce,
        });

    [Fact]
    public Task An_answer_of_the_stubs_own_resolver_gives_a_lease() => PassAsync(Script(
        $"{Program("dns")} ask {Resolver} v4.test A",
        $"exec {Program("tcp")} connect {Allowed} 4443 {Canary}") with
    {
        Allow = ["tcp://v4.test:4443"],
    });

    [Theory]
    [EveryMode]
    public Task Any_other_resolver_is_a_mere_destination(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("dns", "ask", ForeignResolver, SecretName, "A"),
        Row = Row.Connection("udp", 53, ForeignResolver),
        Reasons = ["no-rule"],
        Exe = "dns",
        Silent = (ForeignResolver, 53),
    });

    /// <summary>
    /// A packet of the job's that says that it comes from the stub, there before the stub's own; and a server of the job's that
    /// binds to the stub's address and port beside it, and is given what is asked there.
    /// </summary>
    [Theory]
    [EveryMode("raw", "frame", "beside")]
    public Task What_the_job_answers_in_the_stubs_place_leases_nothing(LabMode mode, string how)
    {
        // The genuine server is slow: the forged answer is there first.
        var name = $"{Canary}-slow.test";
        Lab.World.Zones.Say(name, new DnsReply
        {
            Answers = [DnsRecord.OfAddress(name, Allowed)],
            Delay = TimeSpan.FromSeconds(1),
        });
        return ProveAsync(mode, new Attack
        {
            Command = Command("forge", how, Stub, name, Attacker, "4443", Canary) with { Allow = [$"tcp://{name}:4443"] },
            // The name itself carries the canary to the resolver, and may.
            Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
            Row = Row.Connection("tcp", 4443, Attacker),
            Reasons = ["no-rule"],
            Exe = "forge",
            Silent = (Attacker, 4443),
        });
    }
}
