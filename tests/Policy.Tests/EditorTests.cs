using System.Text;
using Sallyport.Policy.Editing;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class EditorTests
{
    [Theory]
    [InlineData("", "version: 1\nallow:\n  - new.example:443\n")]
    [InlineData("version: 1\n", "version: 1\nallow:\n  - new.example:443\n")]
    [InlineData("version: 1", "version: 1\nallow:\n  - new.example:443\n")]
    [InlineData("version: 1\nmode: block # strict\ndeny: [x.example]\n", "version: 1\nmode: block # strict\nallow:\n  - new.example:443\ndeny: [x.example]\n")]
    [InlineData("version: 1\nallow:\n  # why\n  - a.example # one\n  - b.example # two\n\n# end\n", "version: 1\nallow:\n  # why\n  - a.example # one\n  - b.example # two\n  - new.example:443\n\n# end\n")]
    [InlineData("version: 1\nallow:\n- a.example\nmode: audit\n", "version: 1\nallow:\n- a.example\n- new.example:443\nmode: audit\n")]
    [InlineData("version: 1\nallow: []\n", "version: 1\nallow: [new.example:443]\n")]
    [InlineData("version: 1\nallow: [a.example, b.example] # two\n", "version: 1\nallow: [new.example:443, a.example, b.example] # two\n")]
    [InlineData("version: 1\r\nallow:\r\n  - a.example\r\n", "version: 1\r\nallow:\r\n  - a.example\r\n  - new.example:443\r\n")]
    [InlineData("version: 1\nallow:\n  - a.example", "version: 1\nallow:\n  - a.example\n  - new.example:443\n")]
    public void An_endpoint_is_added_and_everything_else_stays(string text, string expected)
    {
        PolicyEdit edit = PolicyEditor.Allow("p.yml", text, "NEW.example", null);

        Assert.Empty(edit.Mistakes);
        Assert.Equal(expected, edit.Text);
        PolicyEdit again = PolicyEditor.Allow("p.yml", edit.Text, "new.example:443", null);
        Assert.Equal((expected, false), (again.Text, again.Changed));
        Assert.Equal("new.example:443", again.AllowedBy!.Endpoint.Text);
    }

    [Theory]
    [InlineData("*.docker.io", "  - \"*.docker.io:443\"\n")]
    [InlineData("[2001:db8::1]", "  - \"[2001:db8::1]:443\"\n")]
    [InlineData("udp://[2001:db8::1]:53", "  - \"udp://[2001:db8::1]:53\"\n")]
    [InlineData("@npm", "  - \"@npm\"\n")]
    public void What_yaml_would_read_otherwise_is_quoted(string endpoint, string line)
    {
        PolicyEdit edit = PolicyEditor.Allow("p.yml", "version: 1\nallow:\n  - a.example\n", endpoint, null);
        Assert.EndsWith(line, edit.Text, StringComparison.Ordinal);
        Assert.False(PolicyEditor.Allow("p.yml", edit.Text, endpoint, null).Changed);
        Assert.Empty(PolicyEditor.Allow("p.yml", "version: 1\nallow: [a.example]\n", endpoint, null).Mistakes);
    }

    [Fact]
    public void A_wider_rule_makes_the_edit_unnecessary() =>
        Assert.Equal("*.example.com:*", PolicyEditor.Allow("p.yml", "version: 1\nallow: ['*.example.com:*']\n", "a.example.com", null).AllowedBy!.Endpoint.Text);

    [Theory]
    [InlineData("version: 1\nallow: [a..b]\n", "good.example")]
    [InlineData("version: 1\n", "bad..example")]
    [InlineData("version: 1\n", "")]
    [InlineData("{version: 1}\n", "good.example")]
    public void What_cannot_be_edited_is_left_alone_and_said(string text, string endpoint)
    {
        PolicyEdit edit = PolicyEditor.Allow("p.yml", text, endpoint, null);
        Assert.Equal((text, false), (edit.Text, edit.Changed));
        Assert.NotEmpty(edit.Mistakes);
    }

    [Fact]
    public void A_comment_cannot_break_out_of_its_line() =>
        Assert.Equal("version: 1\nallow:\n  - a.example:443 # x\\u{A}- b.example\n",
            PolicyEditor.Allow("p.yml", "version: 1\n", "a.example", "x\n- b.example").Text);

    [Fact]
    public void A_difference_is_of_meaning_not_of_text()
    {
        PolicyDocument before = Read("""
            version: 1
            mode: block
            allow: [a.example, "*.b.example", c.example]
            steps: [{ match: { id: publish }, allow: [p.example] }]
            deny: [evil.example]
            """);
        PolicyDocument after = Read("""
            version: 1
            allow: [x.b.example, A.example:443, "*.b.example", d.example]
            deny: []
            dns: { questions: [TXT] }
            """);

        Assert.Equal(
            [
                "+ mode: block → audit",
                "+ allow: d.example:443 (p.yml:2)",
                "- allow: c.example:443 (p.yml:3)",
                "+ step id publish mode: block → audit",
                "+ step id publish: x.b.example:443 (p.yml:2)",
                "+ step id publish: a.example:443 (p.yml:2)",
                "+ step id publish: *.b.example:443 (p.yml:2)",
                "+ step id publish: d.example:443 (p.yml:2)",
                "- step id publish: p.example:443 (p.yml:4)",
                "+ deny: evil.example (p.yml:5)",
                "+ dns questions: TXT",
            ],
            PolicyDiff.Compare(before, after).Select(difference => difference.ToString()));
        Assert.Empty(PolicyDiff.Compare(before, before));
    }

    private static PolicyDocument Read(string text) =>
        PolicyReader.Read(PolicySource.File("p.yml", Encoding.UTF8.GetBytes(text))).Document!;
}
