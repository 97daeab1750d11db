using System.Text;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class ReaderTests
{
    private const string Whole = """
        # .sallyport.yml
        version: 1
        mode: block
        allow:
          - github.com:443             # host
          - "*.docker.io:443"
          - archive.ubuntu.com:80
          - 10.20.0.0/16:5432
          - udp://time.example.com:123
          - dns://internal.example.com
          - "@npm"
        steps:
          - match: { id: publish }
            allow: [packages.example.com:443]
          - match: { name: "Check links" }
            mode: audit
          - match: { action: actions/checkout }
            allow: [codeload.github.com]
            extend: true
        processes:
          - match: { exe: "/usr/bin/git" }
            allow: [github.com:443]
        deny:
          - evil.example
        inbound:
          - 10.0.0.0/8:8080
        files:
          protect: ["src/**", "**/*.csproj"]
        detections:
          runner-memory-read: block
        expect:
          publish: [{ id: release }, { action: pypa/gh-action-pypi-publish }]
          id-token: [{ name: Deploy }]
        dns:
          questions: [HTTPS, TXT, A]
        sockets: [/var/run/dbus/system_bus_socket, "@relay", /run/dbus/system_bus_socket]
        onAgentLoss: deny
        """;

    [Fact]
    public void The_whole_document_is_read_with_the_place_of_every_rule()
    {
        PolicyDocument document = Read(Whole);

        Assert.Equal(PolicyMode.Block, document.EffectiveMode);
        Assert.Equal(
            ["github.com:443", "*.docker.io:443", "archive.ubuntu.com:80", "10.20.0.0/16:5432",
                "udp://time.example.com:123", "dns://internal.example.com", "registry.npmjs.org:443",
                "registry.yarnpkg.com:443"],
            document.Allow.Select(rule => rule.Endpoint.Text));
        Assert.Equal("p.yml:5", document.Allow[0].Origin.ToString());
        Assert.Equal(("p.yml", 6, 5), (document.Allow[1].Origin.Source, document.Allow[1].Origin.Line, document.Allow[1].Origin.Column));
        Assert.Equal("@npm (p.yml:11)", document.Allow[^1].Origin.ToString());
        Assert.Equal(3, document.Steps.Length);
        Assert.Equal(
            [(StepRight.Publish, "id release"), (StepRight.Publish, "action pypa/gh-action-pypi-publish"), (StepRight.IdToken, "name \"Deploy\"")],
            document.Expected.Select(one => (one.Right, one.Match.ToString())));
        Assert.Null(document.Steps[1].Allow);
        Assert.Equal(PolicyMode.Audit, document.Steps[1].Mode);
        Assert.True(document.Steps[2].Extend);
        Assert.Equal("/usr/bin/git", document.Processes[0].Match.Exe);
        Assert.Equal("evil.example", document.Deny[0].Endpoint.Text);
        Assert.Equal("10.0.0.0/8:8080", document.Inbound[0].Endpoint.Text);
        Assert.Equal(["src/**", "**/*.csproj"], document.ProtectedFiles!);
        Assert.Equal(DetectionAction.Block, document.Detections["runner-memory-read"]);
        Assert.Equal(["HTTPS", "TXT"], document.Questions.Select(type => type.Name));
        Assert.Equal(["/run/dbus/system_bus_socket", "@relay"], document.Sockets);
        Assert.Equal(AgentLoss.Deny, document.OnAgentLoss);
    }

    [Theory]
    [InlineData("version: 2\n", 1, 10, "version")]
    [InlineData("mode: audit\n", 1, 1, "version is missing")]
    [InlineData("version: 1\nmode: blok\n", 2, 7, "did you mean block?")]
    [InlineData("version: 1\nalow: []\n", 2, 1, "did you mean allow?")]
    [InlineData("version: 1\nversion: 1\n", 2, 1, "already, in line 1")]
    [InlineData("version: 1\nallow: github.com\n", 2, 8, "allow is a single value")]
    [InlineData("version: 1\nallow:\n", 2, 7, "allow is nothing")]
    [InlineData("version: 1\nallow:\n  - a: b\n", 3, 5, "an endpoint is a mapping")]
    [InlineData("version: 1\nallow:\n  - github.com:0\n", 3, 5, "the port cannot be read")]
    [InlineData("version: 1\nallow: [\"@nmp\"]\n", 2, 9, "did you mean @npm?")]
    [InlineData("version: 1\nallow:\n  - *.example.com\n", 3, 5, "in quotes")]
    [InlineData("version: 1\nallow:\n  - @npm\n", 3, 5, "in quotes")]
    [InlineData("version: 1\nallow: &a [x.example]\n", 2, 8, "an anchor")]
    [InlineData("version: 1\nallow: !!seq [x.example]\n", 2, 8, "a tag")]
    [InlineData("version: 1\nallow:\n\t- x.example\n", 3, 1, "a tab indents")]
    [InlineData("version: 1\nallow: [\"a\u0007b\"]\n", 2, 11, "a control character")]
    [InlineData("version: 1\nsteps: [{ allow: [] }]\n", 2, 9, "has no match")]
    [InlineData("version: 1\nsteps: [{ match: { id: a } }]\n", 2, 9, "changes nothing")]
    [InlineData("version: 1\nsteps: [{ match: {}, mode: audit }]\n", 2, 18, "match is empty")]
    [InlineData("version: 1\nsteps: [{ match: { id: a }, allow: [], extend: maybe }]\n", 2, 48, "extend cannot be this")]
    [InlineData("version: 1\nsteps: [{ match: { id: a }, extend: true }]\n", 2, 9, "extend without allow")]
    [InlineData("version: 1\nsteps: [{ match: { step: a }, mode: audit }]\n", 2, 20, "no such key")]
    [InlineData("version: 1\nprocesses: [{ match: { exe: git }, mode: audit }]\n", 2, 29, "absolute path")]
    [InlineData("version: 1\nprocesses: [{ match: { exe: /a/../b }, mode: audit }]\n", 2, 29, "absolute path")]
    [InlineData("version: 1\ninbound: [peer.example]\n", 2, 11, "no name that could be trusted")]
    [InlineData("version: 1\ndetections: { Memory: block }\n", 2, 15, "not the id of a detector")]
    [InlineData("version: 1\ndetections: { source-tampered: block }\n", 2, 32, "cannot be prevented; accepted: off, report, fail")]
    [InlineData("version: 1\nexpect: { push: [{ id: a }] }\n", 2, 11, "no such key")]
    [InlineData("version: 1\nexpect: { publish: [{ exe: /a }] }\n", 2, 23, "no such key")]
    [InlineData("version: 1\ndns: { questions: [ANY] }\n", 2, 20, "cannot be opened")]
    [InlineData("version: 1\nsockets: [run/x.sock]\n", 2, 11, "no Unix socket")]
    [InlineData("version: 1\nsockets: [/run/../etc/x]\n", 2, 11, "no Unix socket")]
    [InlineData("version: 1\nsockets: /run/x.sock\n", 2, 10, "sockets is a single value")]
    [InlineData("version: 1\nonAgentLoss: open\n", 2, 14, "onAgentLoss cannot be this")]
    [InlineData("version: 1\n---\nversion: 1\n", 2, 1, "second document")]
    [InlineData("version: 1\nallow: [a, b\n", 3, 1, "not YAML")]
    [InlineData("- a\n", 1, 1, "the document is a list")]
    [InlineData("{a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: 1}}}}}}}}}}}}}}\n", 1, 50, "too deep")]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("  \n\n", 1, 1, "the file is empty")]
    public void A_mistake_names_line_column_and_what_is_accepted(string text, int line, int column, string part)
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text)));

        Assert.Null(reading.Document);
        PolicyMistake mistake = Assert.Single(reading.Mistakes, found => found.ToString().Contains(part, StringComparison.Ordinal));
        Assert.Equal((line, column), (mistake.Line, mistake.Column));
        Assert.StartsWith($"p.yml:{line}:{column}: ", mistake.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(mistake.Accepted);
    }

    [Fact]
    public void All_mistakes_are_collected_in_the_order_of_the_file()
    {
        PolicyReading reading = Reading("""
            version: 1
            mode: maybe
            allow:
              - *.example.com
              - github.com:99999
              - good.example
            colour: red
            """);

        Assert.Equal([2, 4, 5, 7], reading.Mistakes.Select(mistake => mistake.Line));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_placed()
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.File("p.yml", "version: 1\nmode: \xFF\n"u8.ToArray()));
        Assert.NotNull(Assert.Single(reading.Mistakes));

        reading = PolicyReader.Read(PolicySource.File("p.yml", new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xC3, 0x28 }));
        PolicyMistake mistake = Assert.Single(reading.Mistakes);
        Assert.Equal((2, 2), (mistake.Line, mistake.Column));
    }

    [Fact]
    public void A_file_beyond_its_bound_is_refused_unread()
    {
        byte[] bytes = new byte[PolicySource.MaxFileBytes + 1];
        Array.Fill(bytes, (byte)'#');

        Assert.Contains("bytes", Assert.Single(PolicyReader.Read(PolicySource.File("p.yml", bytes)).Mistakes).What, StringComparison.Ordinal);
        Assert.NotNull(PolicyReader.Read(PolicySource.File("p.yml", "\uFEFFversion: 1\r\nallow: []\r\n"u8.ToArray())).Document);
    }

    [Fact]
    public void At_most_512_different_rules_are_accepted_groups_included()
    {
        string[] names = [.. Enumerable.Range(0, 510).Select(number => $"h{number}.example.com")];

        Assert.NotNull(PolicyReader.Read(PolicySource.Allow([.. names, "@npm"])).Document);
        Assert.NotNull(PolicyReader.Read(PolicySource.Allow([.. names, "@npm", .. names])).Document);
        PolicyReading beyond = PolicyReader.Read(PolicySource.Allow([.. names, "@npm", "one.more.example.com"]));
        Assert.Contains("513 different rules", Assert.Single(beyond.Mistakes).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Allowed_endpoints_have_the_meaning_of_harden_runner()
    {
        PolicyDocument document = PolicyReader.Read(PolicySource.AllowedEndpoints("""
              archive.ubuntu.com:80
              github.com
              *.docker.io:443 goreleaser.com:443,pypi.org
              productionresultssa*.blob.core.windows.net:443
            """)).Document!;

        Assert.Equal(
            ["archive.ubuntu.com:80", "github.com:443", "*.docker.io:443", "goreleaser.com:443", "pypi.org:443"],
            document.Allow.Take(5).Select(rule => rule.Endpoint.Text));
        Assert.Equal(3, document.Allow[2].Origin.Line);
        Assert.Contains(document.Allow, rule => rule.Endpoint.Text == "*.actions.githubusercontent.com:443");
        Assert.Contains(document.Allow, rule => rule.Endpoint.Text == "productionresultssa19.blob.core.windows.net:443");
        Assert.DoesNotContain(document.Allow, rule => rule.Endpoint.Text == "api.github.com:443");
        Assert.DoesNotContain(document.Allow, rule => rule.Endpoint is { Wildcard: true, Name: "blob.core.windows.net" });
    }

    [Theory]
    [InlineData("$(id)")]
    [InlineData("foo*.example.com:443")]
    [InlineData("github.com:443;rm")]
    public void Bad_entries_of_allowed_endpoints_are_mistakes(string text)
    {
        PolicyMistake mistake = Assert.Single(PolicyReader.Read(PolicySource.AllowedEndpoints(text)).Mistakes);
        Assert.Equal(("allowed-endpoints", text), (mistake.Source, mistake.Value));
    }

    [Fact]
    public void Lists_add_up_and_the_last_mode_wins()
    {
        PolicyDocument document = PolicyReader.Read(
            PolicySource.File("p.yml", "version: 1\nmode: audit\nallow: [a.example]\n"u8.ToArray()),
            PolicySource.Allow("b.example c.example:80", "d.example"),
            PolicySource.OfMode("--mode", PolicyMode.Block)).Document!;

        Assert.Equal(PolicyMode.Block, document.Mode);
        Assert.Equal(["p.yml:3", "--allow", "--allow", "--allow"], document.Allow.Select(rule => rule.Origin.ToString()));
    }

    [Fact]
    public void Without_sources_nothing_is_allowed_and_nothing_refused()
    {
        PolicyDocument document = PolicyReader.Read().Document!;
        Assert.Equal((PolicyMode.Audit, 0), (document.EffectiveMode, document.Allow.Length));
    }

    [Fact]
    public void A_message_cannot_move_the_cursor()
    {
        PolicyMistake mistake = Assert.Single(PolicyReader.Read(PolicySource.Allow("\u001b[2J\u202Egithub.com")).Mistakes);
        Assert.DoesNotContain(mistake.ToString(), c => char.IsControl(c) || c == '\u202E');
    }

    [Fact]
    public void Two_hundred_mistakes_are_listed_and_the_rest_counted()
    {
        PolicyReading reading = PolicyReader.Read(PolicySource.Allow(Enumerable.Repeat("a..b", 300)));
        Assert.Equal(201, reading.Mistakes.Length);
        Assert.Contains("100 more", reading.Mistakes[^1].What, StringComparison.Ordinal);
    }

    private static PolicyReading Reading(string text) => PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text)));

    private static PolicyDocument Read(string text)
    {
        PolicyReading reading = Reading(text);
        Assert.Empty(reading.Mistakes);
        return reading.Document!;
    }
}
