using System.Reflection;
using Json.Schema;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>report.sarif against the JSON schema that OASIS published for SARIF 2.1.0, from the package Sarif.Sdk.</summary>
public sealed class SarifSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(typeof(SarifSchemaTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SarifSchema").Value!));

    public static TheoryData<string> Names => [.. Incidents.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_report_of_the_corpus_is_valid(string incident) => Assert.Empty(Mistakes(Render(incident)));

    /// <summary>The validator finds what is wrong, formats of strings included: an empty list above means something.</summary>
    [Theory]
    [InlineData("/runs/0/results/0/level", "\"fatal\"")]
    [InlineData("/runs/0/results/0/message", "{}")]
    [InlineData("/runs/0/results/0/locations/0/physicalLocation/region/startLine", "0")]
    [InlineData("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "\"not a reference\"")]
    [InlineData("/runs/0/invocations/0/startTimeUtc", "\"yesterday\"")]
    [InlineData("/runs/0/tool/driver/unknown", "1")]
    public void A_report_with_a_mistake_is_not(string pointer, string value)
    {
        Assert.NotEmpty(Mistakes(SchemaMistakes.Put(Render("refused-canary"), pointer, value)));
    }

    private static string Render(string incident) => SarifRenderer.Render(CorpusTests.Read(Incidents.All[incident]()).Report);

    private static IReadOnlyList<string> Mistakes(string json) => SchemaMistakes.Of(Schema, json);
}
