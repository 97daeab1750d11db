using System.Text;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class CompilerTests
{
    [Fact]
    public void A_longer_key_carries_what_the_wildcards_above_it_allow()
    {
        CompiledPolicy policy = Compile("version: 1\nallow: ['*.a.example', x.a.example:80]\ndeny: [x.a.example:81]\n");

        NameEntry exact = policy.Names.Single(entry => entry is { Name: "x.a.example", Wildcard: false });
        Assert.Equal(RuleSet.Of(0, 1, 2), exact.Rules);
        Assert.Equal(RuleSet.Of(0), policy.Names.Single(entry => entry.Wildcard).Rules);
        Assert.Equal(RuleSet.Of(2), policy.Deny);
        Assert.True(policy.DenyAnyPort.IsEmpty);
        Assert.Equal(RuleSet.Of(0, 1), policy.RequiresName);
    }

    [Fact]
    public void Search_suffixes_and_service_prefixes_may_be_asked_and_lease_nothing()
    {
        CompiledPolicy policy = PolicyCompiler.Compile(
            Read("version: 1\nallow: [deb.debian.org:80, '*.b.example']\n"),
            new CompileContext { SearchDomains = ["Corp.Example.", ".", "bad..domain", .. Enumerable.Range(0, 20).Select(number => $"s{number}.example")] });

        NameEntry[] asked = [.. policy.Names.Where(entry => entry.AskOnly)];
        Assert.Contains(asked, entry => entry is { Name: "deb.debian.org.corp.example", Wildcard: false, Rules.IsEmpty: true });
        Assert.Contains(asked, entry => entry is { Name: "b.example.corp.example", Wildcard: true });
        Assert.Contains(asked, entry => entry is { Name: "_http._tcp.deb.debian.org", Wildcard: false });
        Assert.Equal(10, policy.IgnoredSearchDomains.Length);
    }

    [Fact]
    public void The_largest_policy_fits_the_tables_of_the_kernel()
    {
        PolicyDocument document = PolicyReader.Read(PolicySource.Allow(
            Enumerable.Range(0, RuleSet.Capacity).Select(number => $"n{number}.example:{number + 1}"))).Document!;
        CompiledPolicy policy = PolicyCompiler.Compile(document, new CompileContext
        {
            SearchDomains = [.. Enumerable.Range(0, CompileContext.MaxSearchDomains).Select(number => $"s{number}.test")],
        });

        Assert.InRange(policy.Names.Length, 8_000, 16_384);
        Assert.Equal(511, policy.Rules[^1].Number);
    }

    [Theory]
    [InlineData("80", 1)]
    [InlineData("*", 1)]
    [InlineData("8000-8010", 3)]
    [InlineData("1-65534", 30)]
    public void Ports_are_split_into_the_fewest_powers_of_two(string text, int count)
    {
        Assert.True(PortRange.TryParse(text, out PortRange range));
        PortPrefix[] blocks = [.. PortPrefix.Split(range)];
        Assert.Equal(count, blocks.Length);
        Assert.All(Enumerable.Range(0, 65_536), port => Assert.Equal(range.Contains(port), blocks.Count(block => block.Contains(port)) == 1));
    }

    [Fact]
    public void A_rule_that_stands_in_two_places_has_one_number_and_both_origins()
    {
        CompiledPolicy policy = Compile("version: 1\nallow: [a.example]\nsteps:\n  - match: { id: x }\n    allow: [A.example.]\n");

        CompiledRule rule = Assert.Single(policy.Rules);
        Assert.Equal("p.yml:2, p.yml:5", rule.Origin);
    }

    [Fact]
    public void Inbound_peers_may_be_answered_and_never_called()
    {
        CompiledPolicy policy = Compile("version: 1\nallow: [a.example]\ninbound: [10.0.0.5:8080]\n");
        Assert.Equal(RuleSet.Of(1), policy.Inbound);
        Assert.All(policy.Policies, entry => Assert.True(entry.Allow.And(policy.Inbound).IsEmpty));
    }

    [Fact]
    public void A_rule_set_has_the_words_of_the_kernel()
    {
        RuleSet set = RuleSet.Of(0, 63, 64, 511);

        Assert.Equal([0x8000_0000_0000_0001, 1, 0, 0, 0, 0, 0, 0x8000_0000_0000_0000], set.Words.ToArray());
        Assert.Equal(set, RuleSet.FromWords(set.Words));
        Assert.Equal((4, 0, false), (set.Count, set.LowestSet, set.IsEmpty));
        Assert.Equal((-1, true), (RuleSet.None.LowestSet, RuleSet.None.IsEmpty));
        Assert.Equal(511, set.Except(RuleSet.Of(0, 63, 64)).LowestSet);
        Assert.Equal(set.GetHashCode(), RuleSet.FromWords(set.Words).GetHashCode());
        Assert.Throws<ArgumentOutOfRangeException>(() => RuleSet.Of(512));
        Assert.False(set.Contains(-1) || set.Contains(512));
    }

    [Fact]
    public void An_explanation_names_the_line_that_decides_and_what_lies_near()
    {
        var judge = new PolicyJudge(
            Read("version: 1\nmode: block\nallow:\n  - github.com\nsteps:\n  - match: { id: publish }\n    allow: [packages.example.com]\n"),
            new CompileContext());
        var request = new JudgeRequest { Name = "github.com", Port = 443 };

        Assert.Equal(
            ["tcp to github.com:443 is allowed.", "Rule 0, github.com:443 (p.yml:4), allows it.", "The flow has to say that name (TLS SNI or HTTP Host)."],
            judge.Judge(request).Explanation);
        Assert.Equal(
            ["tcp to github.com:443 is refused.", "The entry for id publish (p.yml:6) replaces the top-level list.",
                "Rules name it, but not for this step or executable.", "Near: rule 0, github.com:443 (p.yml:4)."],
            judge.Judge(request with { Step = new StepIdentity("publish", null, null) }).Explanation);
        Assert.Contains("Rules name it, but not with this protocol and port.", judge.Judge(request with { Port = 80 }).Explanation);
    }

    [Fact]
    public void The_table_of_policies_is_never_overfull_and_never_wider()
    {
        string blocks = string.Concat(Enumerable.Range(0, 32).Select(number =>
            $"  - match: {{ {(number % 2 == 0 ? "id" : "name")}: s{number / 2 % 8} }}\n    allow: [n{number}.example, all.example]\n"));
        string folders = string.Concat(Enumerable.Range(1, 32).Select(depth =>
            $"  - match: {{ exe: {string.Concat(Enumerable.Repeat("/d", depth))}/** }}\n    allow: [all.example]\n"));
        CompiledPolicy policy = Compile($"version: 1\nsteps:\n{blocks}processes:\n{folders}");
        var selector = new PolicySelector(policy);

        PolicyEntry[] chosen =
        [
            .. from id in Enumerable.Range(0, 8) from name in Enumerable.Range(0, 8)
               select selector.ForStep(new StepIdentity($"s{id}", $"s{name}", null)),
            .. Enumerable.Range(1, 32).Select(depth => selector.ForExecutable($"{string.Concat(Enumerable.Repeat("/d", depth))}/x")!),
        ];
        Assert.All(chosen, entry => Assert.InRange(entry.Index, 1, PolicySelector.MaxPolicies - 1));
        Assert.All(chosen.Take(64), entry => Assert.InRange(entry.Allow.Count, 0, 1));
        Assert.All(chosen.GroupBy(entry => entry.Index), group => Assert.Single(group.Distinct()));
    }

    [Fact]
    public void The_example_of_the_manual_is_read_without_a_mistake()
    {
        using var reader = new StreamReader(typeof(CompilerTests).Assembly.GetManifestResourceStream("policy.md")!);
        string manual = reader.ReadToEnd();
        string example = manual.Split("```yaml\n")[1].Split("```")[0];

        Assert.Empty(PolicyReader.Read(PolicySource.File("policy.md", Encoding.UTF8.GetBytes(example))).Mistakes);
        Assert.All(Groups.EndpointGroups.All, group => Assert.Contains($"`@{group.Name}`", manual, StringComparison.Ordinal));
    }

    private static CompiledPolicy Compile(string text) => PolicyCompiler.Compile(Read(text), new CompileContext());

    private static PolicyDocument Read(string text)
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text)));
        Assert.Empty(reading.Mistakes);
        return reading.Document!;
    }
}
