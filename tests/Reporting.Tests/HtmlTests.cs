using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests;

public sealed partial class HtmlTests
{
    [Fact]
    public void The_page_allows_only_its_own_script_and_style()
    {
        var html = HtmlRenderer.Render(CorpusTests.Read(Incidents.All["hostile-text"]()).Report);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        foreach (var element in Inlined().Matches(html).Select(m => m.Groups["text"].Value))
        {
            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element)));
            Assert.Contains($"'sha256-{hash}'", html, StringComparison.Ordinal);
        }

        Assert.Equal(2, Inlined().Count(html));
    }

    [Fact]
    public void Hostile_text_opens_no_element_and_closes_none()
    {
        var hostile = HtmlRenderer.Render(CorpusTests.Read(Incidents.All["hostile-text"]()).Report);
        var plain = HtmlRenderer.Render(CorpusTests.Read(Incidents.All["refused-canary"]()).Report);
        Assert.Equal(Tags().Count(plain), Tags().Count(hostile));
        Assert.DoesNotContain("alert(1)</script>", hostile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_is_made_of_every_part_of_the_folder_once()
    {
        var folder = typeof(HtmlTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "View").Value!;
        Assert.Equal(
            Directory.GetFiles(folder, "*.js").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
            HtmlRenderer.Parts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_carries_the_whole_report()
    {
        var report = CorpusTests.Read(Incidents.All["audit-many"]()).Report;
        var data = Data().Match(HtmlRenderer.Render(report)).Groups["text"].Value;
        var read = ReportJson.TryRead(Encoding.UTF8.GetBytes(data), out var mistake);
        Assert.Null(mistake);
        Assert.Equal(JsonRenderer.Render(report), JsonRenderer.Render(read!));
    }

    [GeneratedRegex("<(script|style)>(?<text>.*?)</(script|style)>", RegexOptions.Singleline)]
    private static partial Regex Inlined();

    [GeneratedRegex("<[A-Za-z/!]")]
    private static partial Regex Tags();

    [GeneratedRegex("""<script type="application/json" id="data">(?<text>.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex Data();
}
