using Sallyport.Lab.Dns;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 8: plain HTTP and proxies have names too.</summary>
public sealed class HttpTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string ProxyAddress = "http://proxy.test:3128";

    [Theory]
    [EveryMode]
    public async Task Another_host_at_an_allowed_address_is_refused(LabMode mode)
    {
        var run = await ProveAsync(mode, new Attack
        {
            Command = Command("curl", "-sS", "--max-time", "30", "-H", $"Host: {Canary}.test", "http://allowed.test/") with
            {
                Allow = ["allowed.test:80"],
            },
            Row = Row.Named($"{Canary}.test", 80, Allowed6),
            Reasons = ["name"],
            Exe = "curl",
            AnswersWithin = Attack.AtOnce,
        });
        AssertBothNames(run, $"{Canary}.test", "allowed.test");
    }

    [Theory]
    [EveryMode]
    public Task Another_host_in_a_later_request_is_refused(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "curl", "-4", "-sS", "--max-time", "30", "http://allowed.test/",
            "--next", "-4", "-sS", "--max-time", "30", "-H", $"Host: {Canary}.test", "http://allowed.test/") with
        {
            Allow = ["allowed.test:80"],
        },
        Row = Row.Named($"{Canary}.test", 80, Allowed),
        Reasons = ["name"],
        Exe = "curl",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>Below an allowed zone, and to a server that stops at the slash another name.</summary>
    [Theory]
    [EveryMode]
    public Task A_host_is_a_name_that_can_be_one(LabMode mode)
    {
        Lab.World.Zones.Say("x.wide.test", new DnsReply { Answers = [DnsRecord.OfAddress("x.wide.test", Allowed)] });
        return ProveAsync(mode, new Attack
        {
            Command = Command("curl", "-4", "-sS", "--max-time", "30", "-H", $"Host: {Canary}.test/.wide.test", "http://x.wide.test/") with
            {
                Allow = ["*.wide.test:80"],
            },
            Row = Row.Connection("tcp", 80, Allowed),
            Reasons = ["name-malformed"],
            Exe = "curl",
            AnswersWithin = Attack.AtOnce,
        });
    }

    /// <summary>In audit mode too, and though the address needs no name.</summary>
    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public async Task A_deny_rule_holds_for_a_host_that_no_name_can_be(LabMode mode)
    {
        var run = await Lab.RunAsync(
            mode, Command("curl", "-4", "-sS", "--max-time", "30", "-H", $"Host: {Canary}/.evil.test", "http://allowed.test/") with
            {
                Policy = "version: 1\nallow: [\"tcp://allowed.test:80\"]\ndeny: [\"*.evil.test\"]\n",
                Allow = [],
            });
        Assert.True(run.Traffic.Contains(Canary) == (mode == LabMode.Off), run.ToString());
        Assert.True(mode == LabMode.Off || run.Report.Connections.Any(row => row.Reason == "denied"), run.ToString());
    }

    [Theory]
    [EveryMode]
    public Task A_request_without_a_host_is_refused(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("curl", "-4", "-sS", "--max-time", "30", "-H", "Host:", $"http://allowed.test/{Canary}") with
        {
            Allow = ["allowed.test:80"],
        },
        Row = Row.Connection("tcp", 80, Allowed),
        Reasons = ["no-name", "name", "name-malformed"],
        Exe = "curl",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>
    /// The name in pieces, late, behind another request, hidden from whoever reads the head in another way than a server does.
    /// </summary>
    [Theory]
    [EveryMode(
        "bytes", "lines", "feeds", "empty-lines", "long", "too-long", "pipelined", "body", "large-body", "chunks", "two", "length-and-chunks", "coding",
        "version", "chunk-end", "chunk-feed", "lengths", "length-gap", "length-nul", "length-feed", "fold", "blank", "return", "port",
        "absolute", "preface")]
    public Task A_host_is_found_in_any_shape_of_a_request(LabMode mode, string shape) => ProveAsync(mode, new Attack
    {
        Command = Shaped("shared.test", shape),
        Row = Row.Connection("tcp", 80, Allowed),
        Reasons = ["name", "no-name", "name-malformed"],
        Exe = "http",
        AnswersWithin = Attack.AtOnce,
    });

    /// <summary>Technique L5: the first letter is the Cyrillic one, as bytes of UTF-8 and as an A-label (RFC 5890).</summary>
    [Theory]
    [EveryMode("\u0430llowed.test", "xn--llowed-2nf.test")]
    public Task A_host_that_looks_like_an_allowed_one_is_another(LabMode mode, string name) => ProveAsync(mode, new Attack
    {
        Command = Shaped(name, "lines"),
        Row = Row.Connection("tcp", 80, Allowed),
        Reasons = ["name", "name-malformed"],
        Exe = "http",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [InlineData("bytes")]
    [InlineData("lines")]
    [InlineData("feeds")]
    [InlineData("empty-lines")]
    [InlineData("long")]
    [InlineData("pipelined")]
    [InlineData("body")]
    [InlineData("large-body")]
    [InlineData("chunks")]
    public async Task An_honest_request_passes_in_any_shape(string shape)
    {
        var run = await PassAsync(Shaped("allowed.test", shape));
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Theory]
    [EveryMode]
    public async Task A_proxy_takes_nobody_to_an_unlisted_name(LabMode mode)
    {
        var run = await ProveAsync(mode, ByProxy("https", 443));
        AssertBothNames(run, $"{Canary}.test", "proxy.test");
    }

    [Theory]
    [EveryMode]
    public Task A_proxy_fetches_no_unlisted_address(LabMode mode) => ProveAsync(mode, ByProxy("http", 80));

    private Attack ByProxy(string scheme, int port) => new()
    {
        Command = Command("curl", "-sS", "--max-time", "30", "-x", ProxyAddress, $"{scheme}://{Canary}.test/") with
        {
            Allow = ["proxy://proxy.test:3128", $"allowed.test:{port}"],
        },
        Row = Row.Named($"{Canary}.test", 3128, Proxy),
        Reasons = ["name"],
        Exe = "curl",
        AnswersWithin = Attack.AtOnce,
    };

    [Theory]
    [EveryMode]
    public Task A_proxy_is_given_no_allowed_name_for_a_users(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} proxy.test A",
            $"exec {Program("http")} {Proxy} 3128 {Canary}.test user {Canary}") with
        {
            Allow = ["proxy://proxy.test:3128", "allowed.test:80"],
        },
        Row = Row.Connection("tcp", 3128, Proxy),
        Reasons = ["name", "name-malformed"],
        Exe = "http",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [EveryMode]
    public Task A_tunnel_to_a_listed_name_has_no_body_to_hide_in(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            $"{Program("dns")} ask {Resolver} proxy.test A",
            $"exec {Program("http")} {Proxy} 3128 allowed.test tunnel {Canary}") with
        {
            Allow = ["proxy://proxy.test:3128", "allowed.test:443"],
        },
        Row = Row.Connection("tcp", 3128, Proxy),
        Reasons = ["name", "no-name", "name-malformed"],
        Exe = "http",
        AnswersWithin = Attack.AtOnce,
    });

    [Theory]
    [EveryMode]
    public Task A_host_that_is_listed_as_no_proxy_takes_no_CONNECT(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("curl", "-sS", "--max-time", "30", "-x", ProxyAddress, $"https://{Canary}.test/") with
        {
            Allow = ["proxy.test:3128"],
        },
        Row = Row.Connection("tcp", 3128, Proxy),
        Reasons = ["name", "no-name", "name-malformed"],
        Exe = "curl",
        AnswersWithin = Attack.AtOnce,
    });

    [Fact]
    public async Task A_proxy_takes_a_client_to_a_listed_name()
    {
        var run = await PassAsync(
            Command("curl", "-sS", "--max-time", "30", "-x", ProxyAddress, $"https://allowed.test/{Canary}") with
            {
                Allow = ["proxy://proxy.test:3128", "allowed.test:443"],
            });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Fact]
    public async Task Plain_HTTP_to_an_allowed_host_passes()
    {
        var run = await PassAsync(
            Command("curl", "-sS", "--max-time", "30", $"http://allowed.test/{Canary}", $"http://allowed.test/2{Canary}")
                with
            { Allow = ["allowed.test:80"] });
        Assert.True(run.Traffic.Contains("/2" + Canary), run.ToString());
    }

    private LabCommand Shaped(string name, string shape) => Script(
        $"{Program("dns")} ask {Resolver} allowed.test A",
        $"exec {Program("http")} {Allowed} 80 {name} {shape} {Canary}") with
    {
        Allow = ["allowed.test:80"],
    };
}
