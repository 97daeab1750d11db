using System.Net;
using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;
using Sallyport.Policy.Learning;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class LearnerTests
{
    [Fact]
    public void What_was_seen_becomes_rules_with_who_and_how_often()
    {
        LearnedPolicy learned = Learn(
            Seen("github.com", 443, process: "git", step: "checkout", count: 2),
            Seen("GitHub.com.", 443, process: "curl", step: "build"),
            Seen("github.com", 22, named: false, process: "ssh"),
            Seen("db.example.com", 5432, named: false, process: "psql"),
            Seen("time.example.com", 123, protocol: "udp"),
            Seen(null, 80, address: "198.51.100.7"),
            Seen(null, 443, address: "2001:db8::1"),
            Seen(null, 9000, address: "127.0.0.1"));

        Assert.Equal(
            ["tcp://db.example.com:5432", "udp://time.example.com:123", "github.com:22", "github.com:443",
                "127.0.0.1:9000", "198.51.100.7:80", "[2001:db8::1]:443"],
            learned.Rules.Select(rule => rule.Endpoint.Text));
        Assert.Contains("  - github.com:443                           # curl, git, step build, checkout, 3×\n", learned.Yaml, StringComparison.Ordinal);
        Assert.Contains("  - tcp://db.example.com:5432                # psql, 1×; says no name\n", learned.Yaml, StringComparison.Ordinal);
        Assert.Empty(learned.Left);
    }

    [Fact]
    public void Three_names_of_one_zone_become_a_wildcard_and_two_do_not()
    {
        Assert.Equal(["a.cdn.example.com:443", "b.cdn.example.com:443"],
            Texts(Learn(Seen("a.cdn.example.com", 443), Seen("b.cdn.example.com", 443), Seen("b.cdn.example.com", 443))));
        LearnedPolicy learned = Learn(Seen("a.cdn.example.com", 443), Seen("b.cdn.example.com", 443), Seen("c.cdn.example.com", 443));
        Assert.Equal(["*.cdn.example.com:443"], Texts(learned));
        Assert.Contains("for a.cdn.example.com, b.cdn.example.com, c.cdn.example.com", learned.Yaml, StringComparison.Ordinal);
        Assert.Equal(3, Learn(Seen("a.x.example", 443), Seen("b.x.example", 80), Seen("c.x.example", 22)).Rules.Length);
    }

    [Theory]
    [InlineData("blob.core.windows.net")]
    [InlineData("github.io")]
    [InlineData("s3.eu-west-1.amazonaws.com")]
    [InlineData("co.uk")]
    [InlineData("example")]
    public void A_zone_that_is_open_to_everybody_never_becomes_a_wildcard(string zone) =>
        Assert.Equal(4, Learn([.. Enumerable.Range(0, 4).Select(number => Seen($"n{number}.{zone}", 443))]).Rules.Length);

    [Fact]
    public void A_flow_that_says_no_name_widens_the_rule_instead_of_doubling_it() =>
        Assert.Equal(["tcp://a.example.com:443"], Texts(Learn(Seen("a.example.com", 443), Seen("a.example.com", 443, named: false))));

    [Fact]
    public void What_cannot_be_expressed_is_said_and_hostile_text_stays_a_comment()
    {
        LearnedPolicy learned = Learn(
            Seen("evil\n  - injected.example", 443),
            Seen("a.example", 443, process: "x\n  - injected.example", step: "\u202E"),
            Seen(null, 0, address: "198.51.100.7", protocol: "ip-132"));

        Assert.Equal(2, learned.Left.Length);
        PolicyDocument document = Read(learned);
        Assert.Equal(["a.example:443"], document.Allow.Select(rule => rule.Endpoint.Text));
        Assert.DoesNotContain('\u202E', learned.Yaml);
    }

    [Fact]
    public void The_learned_policy_lets_through_what_it_was_learned_from()
    {
        var random = new Random(3);
        string[] zones = ["a.example", "b.a.example", "github.io", "com", "x.test"];
        for (int round = 0; round < 300; round++)
        {
            ObservedDestination[] seen =
            [
                .. Enumerable.Range(0, random.Next(12)).Select(_ => Seen(
                    $"h{random.Next(5)}.{zones[random.Next(zones.Length)]}",
                    random.Next(3) switch { 0 => 443, 1 => 22, _ => 80 },
                    named: random.Next(4) != 0,
                    protocol: random.Next(5) == 0 ? "udp" : "tcp")),
            ];
            var judge = new PolicyJudge(Read(Learn(seen)), new CompileContext());
            Assert.All(seen, destination => Assert.Equal(JudgeVerdict.Allowed, judge.Judge(new JudgeRequest
            {
                Name = destination.Name,
                Port = destination.Port,
                Protocol = destination.Protocol == "udp" ? 17 : 6,
                NamesItself = destination.NamedItself != false || destination.Protocol == "udp",
            }).Verdict));
        }
    }

    [Fact]
    public void Questions_peers_proxies_and_local_daemons_have_rules_of_their_own()
    {
        LearnedPolicy learned = Learn(
            Seen("asked.example", 0, protocol: "dns") with { QuestionType = "TXT" },
            Seen("asked.example", 0, protocol: "dns") with { QuestionType = "A" },
            Seen("a.example", 0, protocol: "dns") with { QuestionType = "TYPE65" },
            Seen("any.example", 0, protocol: "dns") with { QuestionType = "ANY" },
            Seen("a.example", 443),
            Seen("proxy.example", 3128, protocol: "proxy"),
            Seen("inner.example", 443, address: "10.0.0.5"),
            Seen("proxy.inner.example", 3128, address: "fd00::5", protocol: "proxy"),
            Seen(null, 40_000, address: "198.51.100.9") with { IsInbound = true },
            Seen(null, 40_001, address: "198.51.100.9") with { IsInbound = true },
            Seen(null, 0, protocol: "unix") with { Path = "/run/a \"b\\.sock" },
            Seen(null, 0, protocol: "unix") with { Path = "relative.sock" },
            Seen(null, 80, address: "198.51.100.7") with { Obstacle = "a raw socket" });

        Assert.Equal(
            ["a.example:443", "dns://asked.example", "proxy://proxy.inner.example:3128", "proxy://proxy.example:3128", "10.0.0.5:443",
                "proxy://[fd00::5]:3128"],
            learned.Rules.Select(rule => rule.Endpoint.Text));
        Assert.Contains(" # tool, 2×\n", learned.Yaml, StringComparison.Ordinal);
        Assert.Contains("tool, 1×; inner.example: no answer leases a private address\n", learned.Yaml, StringComparison.Ordinal);
        Assert.Equal(
            ["198.51.100.7:80: a raw socket", "dns://any.example: questions of type ANY cannot be opened",
                "relative.sock: not a path that sockets: takes"],
            learned.Left);
        PolicyDocument document = Read(learned);
        Assert.Equal(["198.51.100.9:*"], document.Inbound.Select(rule => rule.Endpoint.Text));
        Assert.Equal(["HTTPS", "TXT"], document.Questions.Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["/run/a \"b\\.sock"], document.Sockets);
    }

    [Fact]
    public void Names_that_were_only_asked_for_give_no_wildcard_and_give_way_to_connections()
    {
        LearnedPolicy learned = Learn(
        [
            .. Enumerable.Range(0, 600).Select(number => Seen($"n{number}.a.example", 0, protocol: "dns")),
            .. Enumerable.Range(0, 100).Select(number => Seen($"h.z{number}.example", 443)),
        ]);
        Assert.Equal(PolicyDocument.MaxRules, learned.Rules.Length);
        Assert.Equal(100, learned.Rules.Count(rule => rule.Endpoint.Ports == PortRange.Of(443)));
        Assert.Contains("188 more destinations", Assert.Single(learned.Left), StringComparison.Ordinal);
        _ = Read(learned);
    }

    /// <summary>As many as a report holds. Comparing all with all took more than ten minutes.</summary>
    [Theory(Timeout = 240_000)]
    [InlineData("addresses")]
    [InlineData("ports")]
    [InlineData("names")]
    [InlineData("zones")]
    public async Task Fifty_thousand_destinations_are_learned_in_seconds(string kind)
    {
        ObservedDestination[] seen =
        [
            .. Enumerable.Range(0, 50_000).Select(i => kind switch
            {
                "addresses" => Seen(null, 1 + (i % 250), $"198.51.{i / 250}.7", "udp"),
                "ports" => Seen("host.example", 1 + i),
                "names" => Seen($"h{i}.a.example", 443),
                _ => Seen($"h{i % 3}.z{i / 3}.example", 443),
            }),
        ];
        LearnedPolicy learned = await Task.Run(() => Learn(seen), TestContext.Current.CancellationToken);
        Assert.Equal(kind == "names" ? 1 : PolicyDocument.MaxRules, learned.Rules.Length);
    }

    [Fact]
    public void Nothing_seen_is_an_empty_list() =>
        Assert.Equal("# Learned\nversion: 1\nmode: block\nallow: []\n",
            PolicyLearner.Learn([], new LearnOptions { Title = "Learned" }).Yaml);

    private static LearnedPolicy Learn(params ObservedDestination[] seen) => PolicyLearner.Learn(seen, new LearnOptions());

    private static string[] Texts(LearnedPolicy learned) => [.. learned.Rules.Select(rule => rule.Endpoint.Text)];

    private static PolicyDocument Read(LearnedPolicy learned)
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("policy.yml", Encoding.UTF8.GetBytes(learned.Yaml)));
        Assert.Empty(reading.Mistakes);
        return reading.Document!;
    }

    private static ObservedDestination Seen(
        string? name, int port, string? address = null, string protocol = "tcp", bool? named = true,
        string? process = "tool", string? step = null, long count = 1) =>
        new(name, address is null ? null : IPAddress.Parse(address), port, protocol, named, process, step, count);
}
