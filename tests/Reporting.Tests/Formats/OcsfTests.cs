using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Protocol.Recording;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>report.ocsf against the requirements of OCSF 1.3.0.</summary>
public sealed class OcsfTests
{
    public static TheoryData<string> Names => [.. Incidents.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_of_the_corpus_fits_its_class(string incident)
    {
        var lines = Lines(CorpusTests.Read(Incidents.All[incident]()).Report);
        Assert.NotEmpty(lines);
        Assert.Empty(lines.SelectMany(line => OcsfValidator.Mistakes(JsonDocument.Parse(line).RootElement)).Distinct());
    }

    [Fact]
    public void A_finding_fits_its_class_with_and_without_a_process()
    {
        var job = Incidents.RefusedCanary();
        job.Add(new FindingRaised("many-names", "Many names.", "high", "reported", [new("names", "600")], "p1", null));
        job.Add(new FindingRaised("no-process", "Nobody did it.", "unheard-of", "blocked", [], null, null));
        var lines = Lines(CorpusTests.Read(job.Record()).Report).Where(line => line.Contains("\"class_uid\":2004", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Empty(lines.SelectMany(line => OcsfValidator.Mistakes(JsonDocument.Parse(line).RootElement)));
    }

    [Theory]
    [InlineData("metadata", "version")]
    [InlineData("device", "name")]
    [InlineData("device", "type_id")]
    [InlineData("metadata", "product")]
    public void An_event_that_lacks_what_is_required_does_not(string part, string attribute)
    {
        var line = JsonNode.Parse(Lines(CorpusTests.Read(Incidents.All["refused-canary"]()).Report)[0])!;
        Assert.True(line[part]!.AsObject().Remove(attribute));
        Assert.NotEmpty(OcsfValidator.Mistakes(JsonDocument.Parse(line.ToJsonString()).RootElement));
    }

    private static string[] Lines(Protocol.Report.ReportDocument report) =>
        OcsfRenderer.Render(report).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
