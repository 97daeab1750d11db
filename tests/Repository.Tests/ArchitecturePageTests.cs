using System.Text.RegularExpressions;

namespace Sallyport.Repository.Tests;

public sealed partial class ArchitecturePageTests
{
    private static readonly string Page = Checkout.Read("ARCHITECTURE.md");

    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("THREAT-MODEL.md")]
    public void Every_path_that_a_page_names_exists(string page)
    {
        var tops = Checkout.Files.Select(file => file.Split('/')[0]).ToHashSet();
        var missing = PathInText().Matches(Checkout.Read(page))
            .Select(match => (match.Groups[1].Success ? match.Groups[1] : match.Groups[2]).Value.TrimEnd('/'))
            .Where(path => path.Contains('/', StringComparison.Ordinal) && tops.Contains(path.Split('/')[0]))
            .Where(path => !Path.Exists(Path.Combine(Checkout.Root, path)));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_hop_of_the_walk_names_a_function_that_its_file_has()
    {
        var walk = Page[Page.IndexOf("## Follow one event", StringComparison.Ordinal)..];
        var hops = Hop().Matches(walk);
        var wrong =
            from hop in hops
            let text = string.Concat(
                QuotedWord().Matches(hop.Groups[1].Value).Select(file => Checkout.Read(file.Groups[1].Value)))
            from function in QuotedWord().Matches(hop.Groups[2].Value).Select(match => match.Groups[1].Value)
            where !text.Contains(function, StringComparison.Ordinal)
            select hop.Value;

        Assert.True(hops.Count > 10, "the table of hops was not found");
        Assert.Empty(wrong);
    }

    /// <summary>`a/path` in code marks, or the target of a link.</summary>
    [GeneratedRegex(@"`([\w./-]+)`|\]\(([\w./-]+)\)")]
    private static partial Regex PathInText();

    /// <summary>A row of the walk: what happens, the files, the functions.</summary>
    [GeneratedRegex(@"^\| [^|]+ \| ((?:`[\w./-]+`(?:, )?)+) \| ((?:`\w+`(?:, )?)+) \|$", RegexOptions.Multiline)]
    private static partial Regex Hop();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex QuotedWord();
}
