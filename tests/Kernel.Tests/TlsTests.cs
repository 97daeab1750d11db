using Sallyport.Lab.Dns;

namespace Sallyport.Kernel.Tests;

/// <summary>Techniques L1, L4, L5, L9 and HARDENING E: an address is not an origin.</summary>
public sealed class TlsTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static string Ask => $"{Program("dns")} ask {Resolver} allowed.test A";

    [Theory]
    [EveryMode]
    public async Task Another_name_at_an_allowed_address_is_refused_at_once(LabMode mode)
    {
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                Ask,
                $"exec curl -sS --max-time 30 --resolve {Canary}.test:443:{Allowed} https://{Canary}.test/"),
            Row = Row.Named($"{Canary}.test", 443, Allowed),
            Reasons = ["name"],
            Exe = "curl",
            AnswersWithin = Attack.AtOnce,
        });
        AssertBothNames(run, $"{Canary}.test", "allowed.test");
    }

    [Theory]
    [EveryMode]
    public async Task Another_name_at_an_allowed_IPv6_address_is_refused(LabMode mode)
    {
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                $"{Program("dns")} ask {Resolver} allowed.test AAAA",
                $"exec curl -sS --max-time 30 --resolve {Canary}.test:443:[{Allowed6}] https://{Canary}.test/"),
            Row = Row.Named($"{Canary}.test", 443, Allowed6),
            Reasons = ["name"],
            Exe = "curl",
            AnswersWithin = Attack.AtOnce,
        });
        AssertBothNames(run, $"{Canary}.test", "allowed.test");
    }

    [Theory]
    [EveryMode]
    public Task Another_name_is_refused_on_any_port(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            Ask,
            $"exec curl -sS --max-time 30 --resolve {Canary}.test:8443:{Allowed} https://{Canary}.test:8443/") with
        {
            Allow = ["allowed.test:8443"],
        },
        Row = Row.Named($"{Canary}.test", 8443, Allowed),
        Reasons = ["name"],
        Exe = "curl",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [EveryMode(
        "whole", "bytes", "segments", "records", "record-bytes", "big", "late", "huge", "ahead", "hidden", "again")]
    public Task A_hello_in_pieces_is_put_together(LabMode mode, string shape) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 shared.test {shape} {Canary}"),
        Row = Row.Named("shared.test", 443, Allowed),
        Reasons = ["name"],
        Exe = "tls",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [EveryMode("bytes shared.test", "record-bytes shared.test", "ahead shared.test", "big shared.test", "whole -")]
    public Task A_hello_over_IPv6_is_read_alike(LabMode mode, string hello) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} allowed.test AAAA",
            $"exec {Program("tls")} hello {Allowed6} 443 {hello.Split(' ')[1]} {hello.Split(' ')[0]} {Canary}"),
        Row = Row.Connection("tcp", 443, Allowed6),
        Reasons = ["name", "no-name"],
        Exe = "tls",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>HARDENING E: 16 KB may leave before a flow has said its name, be it an allowed one.</summary>
    [Theory]
    [EveryMode("shared.test", "allowed.test")]
    public Task A_name_behind_more_than_16_KB_of_hello_comes_too_late(LabMode mode, string name) =>
        ProveAsync(mode, new Attack
        {
            Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 {name} huge-late {Canary}"),
            Row = Row.Connection("tcp", 443, Allowed),
            Reasons = ["no-name"],
            Exe = "tls",
            AnswersWithin = Attack.AtOnce,
        });

    /// <summary>Servers differ in which of two names they go by: the first, the last, the one of the second hello.</summary>
    [Theory]
    [EveryMode("twice", "two-names", "retry", "retry-alert", "retry-early")]
    public Task A_second_name_is_refused_like_a_first(LabMode mode, string shape) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 shared.test {shape} {Canary}"),
        Row = Row.Connection("tcp", 443, Allowed),
        Reasons = ["name", "name-malformed"],
        Exe = "tls",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>Technique L5: the first letter is the Cyrillic one, as bytes of UTF-8 and as an A-label (RFC 5890).</summary>
    [Theory]
    [EveryMode("\u0430llowed.test", "xn--llowed-2nf.test")]
    public async Task A_name_that_looks_like_an_allowed_one_is_another(LabMode mode, string name)
    {
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 {name} whole {Canary}"),
            Row = Row.Connection("tcp", 443, Allowed),
            Reasons = ["name", "name-malformed"],
            Exe = "tls",
            AnswersWithin = Attack.AtOnce,
        });
        AssertBothNames(run, name.Replace("\u0430", "\\208\\176", StringComparison.Ordinal), "allowed.test");
    }

    /// <summary>Technique D14: what was leased for a second keeps its name, and takes no other one afterwards.</summary>
    [Theory]
    [EveryMode]
    public async Task Another_name_is_refused_when_the_time_to_live_is_over(LabMode mode)
    {
        Lab.World.Zones.Say("brief.test", new DnsReply { Answers = [DnsRecord.OfAddress("brief.test", Allowed, 1)] });
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                $"{Program("dns")} ask {Resolver} brief.test A",
                "sleep 1.1",
                $"exec {Program("tls")} hello {Allowed} 443 shared.test whole {Canary}") with
            {
                Allow = ["brief.test:443"],
            },
            Row = Row.Named("shared.test", 443, Allowed),
            Reasons = ["name"],
            Exe = "tls",
        });
        if (mode != LabMode.Off)
        {
            AssertBothNames(run, "shared.test", "brief.test");
        }
    }

    [Theory]
    [EveryMode("-", "198.51.100.10", "shared.test.", "SHARED.TEST", "allowed.test%00.shared.test", "allowed.tes%00",
        "xallowed.test", "allowed.test.shared.test")]
    public Task A_hello_must_say_an_allowed_name(LabMode mode, string name) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 {name} whole {Canary}"),
        Row = Row.Connection("tcp", 443, Allowed),
        Reasons = ["name", "no-name", "name-malformed"],
        Exe = "tls",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>The server goes by the length of the hello, and finds no name in it.</summary>
    [Theory]
    [EveryMode]
    public Task A_name_behind_the_end_of_the_hello_is_none(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 allowed.test short {Canary}"),
        Row = Row.Connection("tcp", 443, Allowed),
        Reasons = ["no-name", "name-malformed"],
        Exe = "tls",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>Below an allowed zone, and to a server that goes by a part of it another name.</summary>
    [Theory]
    [EveryMode("shared.test%00.wide.test", "shared.test/.wide.test", "shared.test .wide.test")]
    public Task A_hello_says_a_name_that_can_be_one(LabMode mode, string name)
    {
        Lab.World.Zones.Say("x.wide.test", new DnsReply { Answers = [DnsRecord.OfAddress("x.wide.test", Allowed)] });
        return ProveAsync(mode, new Attack
        {
            Command = Script(
                $"{Program("dns")} ask {Resolver} x.wide.test A",
                $"exec {Program("tls")} hello {Allowed} 443 '{name}' whole {Canary}") with { Allow = ["*.wide.test:443"] },
            Row = Row.Connection("tcp", 443, Allowed),
            Reasons = ["name-malformed"],
            Exe = "tls",
            AnswersWithin = Attack.AtOnce,
        });
    }

    [Theory]
    [EveryMode("SSH-2.0-x", "GARBAGE", "EHLO me")]
    public Task Another_protocol_on_the_port_says_no_name(LabMode mode, string banner) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tcp")} connect {Allowed} 443 '{banner} {Canary}'"),
        Row = Row.Connection("tcp", 443, Allowed),
        Reasons = ["no-name", "name-malformed"],
        Exe = "tcp",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [EveryMode]
    public Task SSH_needs_a_rule_of_its_own(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(Ask, $"exec {Program("tcp")} connect {Allowed} 22 'SSH-2.0-{Canary}'"),
        Row = Row.Connection("tcp", 22, Allowed),
        Reasons = ["port"],
        Exe = "tcp",
        Silent = (Allowed, 22),
    });

    [Theory]
    [InlineData("whole", "allowed.test")]
    [InlineData("bytes", "allowed.test")]
    [InlineData("segments", "allowed.test")]
    [InlineData("records", "allowed.test")]
    [InlineData("record-bytes", "allowed.test")]
    [InlineData("big", "allowed.test")]
    [InlineData("huge", "allowed.test")]
    [InlineData("ahead", "allowed.test")]
    [InlineData("again", "allowed.test")]
    [InlineData("retry", "allowed.test")]
    [InlineData("retry-alert", "allowed.test")]
    [InlineData("retry-early", "allowed.test")]
    [InlineData("whole", "ALLOWED.test")]
    public async Task An_honest_hello_passes_in_any_shape(string shape, string name)
    {
        var run = await PassAsync(
            Script(Ask, $"exec {Program("tls")} hello {Allowed} 443 {name} {shape} {Canary}"));
        Assert.True(run.Traffic.Conversations.Any(c => c.ServerName == name), run.ToString());
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Fact]
    public async Task An_SSH_rule_lets_SSH_through()
    {
        var run = await PassAsync(
            Script(Ask, $"exec {Program("tcp")} connect {Allowed} 22 'SSH-2.0-{Canary}'") with
            {
                Allow = ["ssh://allowed.test:22"],
            });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Theory]
    [InlineData("smtp", "25")]
    [InlineData("postgres", "5432")]
    public async Task A_prelude_before_the_hello_is_recognised(string protocol, string port)
    {
        var run = await PassAsync(Script(
            $"openssl s_client -connect v4.test:{port} -servername v4.test -starttls {protocol} -brief </dev/null") with
        {
            Allow = [$"v4.test:{port}"],
        });
        Assert.True(run.Traffic.Conversations.Any(c => c.ServerName == "v4.test"), run.ToString());
    }

    [Theory]
    [EveryMode("smtp", "postgres")]
    public async Task Another_name_behind_a_prelude_is_refused(LabMode mode, string protocol)
    {
        var port = protocol == "smtp" ? "25" : "5432";
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                $"{Program("dns")} ask {Resolver} v4.test A",
                $"exec openssl s_client -connect {Allowed}:{port} -servername {Canary}.test -starttls {protocol}"
                + " </dev/null") with
            {
                Allow = [$"v4.test:{port}"],
            },
            Arrived = run => run.Traffic.Conversations.Any(c => c.ServerName == $"{Canary}.test"),
            Row = Row.Named($"{Canary}.test", protocol == "smtp" ? 25 : 5432, Allowed),
            Reasons = ["name"],
            Exe = "openssl",
            AnswersWithin = Attack.AtOnce,
        });
        AssertBothNames(run, $"{Canary}.test", "v4.test");
    }

    [Fact]
    public async Task An_address_rule_asks_for_no_name()
    {
        var run = await PassAsync(Command("tls", "hello", Allowed, "443", "-", "whole", Canary) with
        {
            Allow = [$"{Allowed}:443"],
        });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }
}
