using Sallyport.Agent.Commands;

namespace Sallyport.Agent.Tests.Commands;

public sealed class TextTests
{
    private static readonly string[] Options = ["--mode", "--allow", "--policy", "--output"];

    [Theory]
    [InlineData("--alow", "--allow")]
    [InlineData("--polcy", "--policy")]
    [InlineData("--modes", "--mode")]
    [InlineData("--verbose", null)]
    public void The_nearest_word_is_proposed_and_no_far_one(string word, string? expected) =>
        Assert.Equal(expected, Nearest.To(word, Options));

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_counts_changed_letters(string a, string b, int expected) => Assert.Equal(expected, Nearest.Distance(a, b));

    [Theory]
    [InlineData("a\e[31mb", "a\\u{1b}[31mb")]
    [InlineData("line\nnext\r", "line\\u{a}next\\u{d}")]
    [InlineData("\u202egnp.exe", "\\u{202e}gnp.exe")]
    [InlineData("\u009b1m", "\\u{9b}1m")]
    [InlineData("grün", "grün")]
    public void Text_of_a_job_cannot_steer_the_terminal(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    [Fact]
    public void Long_text_is_cut_in_the_middle()
    {
        var shown = Printable.Line(new string('a', 1000) + new string('b', 1000));
        Assert.Equal((201, 'a', 'b'), (shown.Length, shown[0], shown[^1]));
        Assert.Contains("…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_is_shown_as_the_lines_that_changed() => Assert.Equal(
        ["@@ -2,3 +2,4 @@", " b", " c", "+x", " d"], LineDifference.Of("a\nb\nc\nd\n", "a\nb\nc\nx\nd\n"));

    [Fact]
    public void Equal_texts_differ_nowhere() => Assert.Empty(LineDifference.Of("a\nb\n", "a\nb\n"));
}
