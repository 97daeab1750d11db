using System.Text;
using Sallyport.Policy.Linting;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class LinterTests
{
    [Theory]
    [InlineData("*.blob.core.windows.net", "open-wildcard")]
    [InlineData("*.amazonaws.com", "open-wildcard")]
    [InlineData("*.eu-west-1.amazonaws.com", "open-wildcard")]
    [InlineData("*.github.io", "open-wildcard")]
    [InlineData("*.githubusercontent.com", "open-wildcard")]
    [InlineData("*.trycloudflare.com", "open-wildcard")]
    [InlineData("*.co.uk", "open-wildcard")]
    [InlineData("*.com", "open-wildcard")]
    [InlineData("*.azure.com", "open-wildcard")]
    [InlineData("github.com:*", "every-port")]
    [InlineData("10.0.0.0/8:5432", "wide-range")]
    [InlineData("8.0.0.0/6", "wide-range")]
    [InlineData("0.0.0.0/0", "wide-range")]
    [InlineData("169.254.0.0/16:80", "wide-range")]
    [InlineData("udp://198.51.100.7:53", "foreign-resolver")]
    public void A_rule_that_allows_strangers_is_warned_about(string rule, string code) =>
        Assert.Contains(code, Lint($"version: 1\nallow: ['{rule}']\n").Select(warning => warning.Code));

    [Theory]
    [InlineData("*.docker.io")]
    [InlineData("*.data.mcr.microsoft.com")]
    [InlineData("*.actions.githubusercontent.com")]
    [InlineData("productionresultssa0.blob.core.windows.net")]
    [InlineData("github.com")]
    [InlineData("10.20.0.0/16:5432")]
    [InlineData("icmp://198.51.100.7")]
    public void A_narrow_rule_is_not(string rule) => Assert.Empty(Lint($"version: 1\nallow: ['{rule}']\n"));

    [Fact]
    public void Every_group_passes_the_linter()
    {
        string all = string.Join(", ", Groups.EndpointGroups.All.Select(group => $"'{string.Join("', '", group.Entries.Select(entry => entry.Endpoint.Text).Distinct())}'"));
        Assert.DoesNotContain(Lint($"version: 1\nallow: [{all}]\n"), warning => warning.Code is "open-wildcard" or "every-port");
        Assert.All(Groups.EndpointGroups.All.SelectMany(group => group.Entries), entry =>
        {
            Assert.NotEmpty(entry.Why);
            Assert.NotEqual("githubusercontent.com", entry.Endpoint.Name);
        });
    }

    [Fact]
    public void The_proposal_for_a_wildcard_is_made_of_the_names_that_were_seen()
    {
        PolicyDocument document = Read("version: 1\nallow: ['*.blob.core.windows.net']\n");
        PolicyWarning warning = Assert.Single(PolicyLinter.Lint(document, new LintContext
        {
            SeenNames = ["mine.blob.core.windows.net", "github.com"],
        }));
        Assert.Equal("mine.blob.core.windows.net:443", warning.Proposal);
    }

    [Fact]
    public void Repeated_and_shadowed_rules_name_the_other_line()
    {
        PolicyWarning[] warnings = [.. Lint("version: 1\nallow:\n - a.example\n - A.example:443\n - '*.b.example'\n - x.b.example\n")];

        Assert.Equal(["duplicate-rule", "shadowed-rule"], warnings.Select(warning => warning.Code));
        Assert.Equal([4, 6], warnings.Select(warning => warning.Origin.Line));
        Assert.Contains("p.yml:3", warnings[0].What, StringComparison.Ordinal);
        Assert.Contains("*.b.example:443", warnings[1].What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_executable_is_said_to_be_no_boundary_and_a_denied_rule_to_be_dead()
    {
        PolicyWarning[] warnings = [.. Lint("""
            version: 1
            allow: [evil.example]
            deny: [evil.example]
            processes:
              - match: { exe: /usr/bin/git }
                allow: [github.com]
            """)];
        Assert.Equal(["denied-rule", "exe-is-attribution"], warnings.Select(warning => warning.Code));
    }

    [Fact]
    public void A_detector_that_this_version_does_not_have_is_warned_about()
    {
        PolicyWarning warning = Assert.Single(Lint("version: 1\ndetections: { runner-memory-raed: block, sudo-changed: fail }\n"));
        Assert.Equal(("unknown-detection", "runner-memory-raed", "runner-memory-read"), (warning.Code, warning.Value, warning.Proposal));
    }

    [Theory]
    [InlineData("http://user:secret@proxy.example.com:3128/", "proxy://proxy.example.com:3128")]
    [InlineData("proxy.example.com", "proxy://proxy.example.com:80")]
    [InlineData("https://[2001:db8::1]", "proxy://[2001:db8::1]:443")]
    [InlineData("\u001b[2J", "proxy://host:port")]
    public void A_proxy_variable_without_a_rule_is_warned_about_without_its_password(string variable, string proposal)
    {
        var context = new LintContext { ProxyVariables = [variable] };
        PolicyWarning warning = Assert.Single(PolicyLinter.Lint(Read("version: 1\nmode: block\n"), context));

        Assert.Equal(("proxy-without-rule", proposal), (warning.Code, warning.Proposal));
        Assert.DoesNotContain("secret", warning.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(warning.ToString(), char.IsControl);
        if (proposal != "proxy://host:port")
        {
            Assert.Empty(PolicyLinter.Lint(Read($"version: 1\nallow: ['{proposal}']\n"), context));
        }
    }

    private static PolicyWarning[] Lint(string text) => [.. PolicyLinter.Lint(Read(text), new LintContext())];

    private static PolicyDocument Read(string text)
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text)));
        Assert.Empty(reading.Mistakes);
        return reading.Document!;
    }
}
