using Json.Schema;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>report.json against docs/report.schema.json, which others build on.</summary>
public sealed class ReportSchemaTests
{
    private static readonly JsonSchema Schema =
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Golden.Folder, "..", "docs", "report.schema.json")));

    public static TheoryData<string> Names => [.. Incidents.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_report_of_the_corpus_is_valid(string incident) => Assert.Empty(SchemaMistakes.Of(Schema, Render(incident)));

    /// <summary>An empty list above means something.</summary>
    [Theory]
    [InlineData("/schema", "7")]
    [InlineData("/complete", "\"yes\"")]
    [InlineData("/connections", "{}")]
    [InlineData("/connections/0/verdict", "7")]
    [InlineData("/connections/0/port", "\"443\"")]
    [InlineData("/processes/0/argv", "\"sh\"")]
    public void A_report_with_a_mistake_is_not(string pointer, string value) =>
        Assert.NotEmpty(SchemaMistakes.Of(Schema, SchemaMistakes.Put(Render("refused-canary"), pointer, value)));

    private static string Render(string incident) => JsonRenderer.Render(CorpusTests.Read(Incidents.All[incident]()).Report);
}
