using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Core.Tests.Sources;

public class ShortDifferenceTests
{
    [Theory]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", "line 2: -b ⏎ +x")]
    [InlineData("a\n", "a\nb\n", "line 2: +b")]
    [InlineData("a\nb\n", "a\n", "line 2: -b")]
    [InlineData("a\nb\n", "a\na\nb\n", "line 2: +a")]
    [InlineData("", "x", "line 1: +x")]
    [InlineData("a\r\nb\r\n", "a\nb\n", null)]
    [InlineData("a", "a\0", null)]
    public void It_is_what_lies_between_common_lines(string before, string after, string? expected) =>
        Assert.Equal(expected, ShortDifference.Of(System.Text.Encoding.UTF8.GetBytes(before), System.Text.Encoding.UTF8.GetBytes(after)));

    [Fact]
    public void It_is_short_however_long_the_texts_are()
    {
        var many = string.Join('\n', Enumerable.Range(0, 10_000).Select(i => new string('x', 500) + i));
        var text = ShortDifference.Of("a"u8, System.Text.Encoding.UTF8.GetBytes(many))!;
        Assert.InRange(text.Length, 100, 2000);
        Assert.EndsWith("more lines", text, StringComparison.Ordinal);
    }
}
