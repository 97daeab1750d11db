using System.Globalization;
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

    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("THREAT-MODEL.md")]
    public void Every_test_that_a_page_names_is_in_its_file(string page)
    {
        var named = TestsOfFile().Matches(Checkout.Read(page));
        var missing =
            from match in named
            let text = Checkout.Read(match.Groups[1].Value)
            from test in QuotedWord().Matches(match.Groups[2].Value).Select(word => word.Groups[1].Value)
            where !Regex.IsMatch(text, $@"\b{test}\(")
            select $"{match.Groups[1].Value}: {test}";

        Assert.NotEmpty(named);
        Assert.Empty(missing);
    }

    /// <summary>Of the catalogue of techniques those that a test can try, `D1–D3` for a row of three.</summary>
    [Fact]
    public void Every_technique_has_a_row_with_its_test()
    {
        var rows = TechniqueRow().Matches(Checkout.Read("THREAT-MODEL.md")).SelectMany(row => row.Groups[1].Value.Split(", "));
        var tried = rows.SelectMany(Range).ToHashSet();
        var missing = (string[])
        [
            .. Range("D1–D16"), .. Range("N1–N9"), "N11", "N14", "N18", "N19", "N22", "N24", "N25", "L1", "L4", "L5", .. Range("L8–L11"),
            .. Range("R1–R18"), .. Range("S1–S5"), .. Range("F1–F10"), "F14", "F15", .. Range("B1–B11"), "B14",
        ];

        Assert.Empty(missing.Except(tried));
    }

    private static IEnumerable<string> Range(string technique)
    {
        var ends = technique.Split('–');
        var first = int.Parse(ends[0].AsSpan(1), CultureInfo.InvariantCulture);
        var last = ends.Length == 1 ? first : int.Parse(ends[1].AsSpan(1), CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1).Select(number => $"{ends[0][0]}{number}");
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

    /// <summary>A file with the tests in it that are meant: `tests/A/BTests.cs` (`That_it_holds`, `That_it_ends`).</summary>
    [GeneratedRegex(@"`(tests/[\w./]+\.cs)` \(((?:`\w+`(?:, )?)+)\)")]
    private static partial Regex TestsOfFile();

    /// <summary>A row of the table of techniques that names a test.</summary>
    [GeneratedRegex(@"^\| ([A-Z]\d[^|]*) \| [^|]+ \| [^|]*`(?:tests|eng)/[^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex TechniqueRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex QuotedWord();
}
