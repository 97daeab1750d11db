using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests;

/// <summary>What an earlier run did not have is marked in every report for people.</summary>
public sealed class NewDestinationTests
{
    private static readonly ReportDocument Plain = CorpusTests.Read(Incidents.All["refused-canary"]()).Report;

    private static readonly ReportDocument Compared = Plain with
    {
        Connections = [.. Plain.Connections.Select(c => c with { New = c.Destination != "packages.example.com" })],
    };

    [Fact]
    public void A_report_says_null_where_nothing_was_compared()
    {
        Assert.Contains("\"new\": null", JsonRenderer.Render(Plain), StringComparison.Ordinal);
        Assert.Contains("\"new\": true", JsonRenderer.Render(Compared), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_from_before_the_mark_is_read_as_not_compared()
    {
        var old = JsonRenderer.Render(Plain).Replace(",\n      \"new\": null", "", StringComparison.Ordinal);
        Assert.DoesNotContain("\"new\"", old, StringComparison.Ordinal);
        var read = ReportJson.TryRead(System.Text.Encoding.UTF8.GetBytes(old), out var mistake);
        Assert.Null(mistake);
        Assert.All(read!.Connections, connection => Assert.Null(connection.New));
    }

    [Fact]
    public void Text_and_summary_count_and_list_what_is_new()
    {
        var text = TextRenderer.Render(Compared);
        Assert.Contains("+ 2 new destinations, not in the earlier run", text, StringComparison.Ordinal);
        Assert.Contains("✓ allowed, first at", text, StringComparison.Ordinal);
        var summary = MarkdownRenderer.Render(Compared);
        Assert.Contains("2 refused, 2 new", summary, StringComparison.Ordinal);
        Assert.Contains("| + new destination |", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("new destination", TextRenderer.Render(Plain), StringComparison.Ordinal);
        Assert.DoesNotContain("new destination", MarkdownRenderer.Render(Plain), StringComparison.Ordinal);
    }
}
