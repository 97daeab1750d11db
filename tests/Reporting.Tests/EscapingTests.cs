using Sallyport.Reporting;
using Sallyport.Reporting.Showing;
using Xunit;

namespace Sallyport.Reporting.Tests;

public sealed class EscapingTests
{
    public static TheoryData<string> Incident => [.. Incidents.All.Keys];

    [Theory]
    [InlineData("\e[2J", "\\x1b[2J")]
    [InlineData("a\r\nb", "a\\x0d\\x0ab")]
    [InlineData("\u202egnp", "\\u202egnp")]
    [InlineData("a\u200bb", "a\\u200bb")]
    [InlineData("::set-output::", "\\x3a:set-output::")]
    [InlineData("  ::add-mask::x", "  \\x3a:add-mask::x")]
    [InlineData("x ##[error]y", "x #\\x23[error]y")]
    [InlineData("std::string 名前", "std::string 名前")]
    [InlineData("\U000e0041", "\\U000e0041")]
    public void What_cannot_be_seen_or_would_act_becomes_visible(string text, string shown) =>
        Assert.Equal(shown, HostileText.Plain(text));

    // Not in the list above: attributes are stored as UTF-8, which has no lone surrogates.
    [Fact]
    public void Half_a_character_becomes_the_replacement_character() =>
        Assert.Equal("a\ufffdb", HostileText.Plain("a\ud800b"));

    [Fact]
    public void Lines_on_a_terminal_keep_to_their_width_and_start_no_command()
    {
        foreach (var incident in Incidents.All.Values)
        {
            var text = TextRenderer.Render(CorpusTests.Read(incident()).Report);
            Assert.All(text.Split('\n'), line =>
            {
                Assert.True(Columns.WidthOf(line) <= 80 || line.Contains("policy allow", StringComparison.Ordinal), line);
                Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), line);
                Assert.DoesNotContain("##[", line, StringComparison.Ordinal);
                Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u202e' or '\u2066');
            });
        }
    }

    [Theory]
    [MemberData(nameof(Incident))]
    public void A_summary_is_under_60_lines_unfolded_and_closes_what_it_folds(string incident)
    {
        var text = MarkdownRenderer.Render(CorpusTests.Read(Incidents.All[incident]()).Report);
        var folded = false;
        var open = 0;
        foreach (var line in text.Split('\n'))
        {
            folded |= line.StartsWith("<details>", StringComparison.Ordinal);
            open += folded ? 0 : 1;
            folded &= line != "</details>";
        }

        Assert.False(folded);
        Assert.InRange(open, 1, 59);
    }

    [Theory]
    [InlineData("<script>")]
    [InlineData("@admin")]
    [InlineData("](javascript:")]
    [InlineData("www.evil")]
    [InlineData("https://evil")]
    [InlineData("\n#")]
    public void A_summary_holds_no_markup_of_the_job(string markup) =>
        Assert.DoesNotContain(
            markup, MarkdownRenderer.Render(CorpusTests.Read(Incidents.All["hostile-text"]()).Report).Replace("\n## ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
}
