using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Sallyport.Protocol.Report;
using Xunit;

namespace Sallyport.Protocol.Tests;

public sealed class ReportSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

#pragma warning disable RS0030 // The one place where these tests read the environment.
    private static bool Update => Environment.GetEnvironmentVariable("SALLYPORT_UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    [Fact]
    public void The_published_schema_is_the_one_of_the_code()
    {
        var docs = typeof(ReportSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Docs").Value!;
        var path = Path.GetFullPath(Path.Combine(docs, "report.schema.json"));
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(
            ReportJson.TypeInfo, new JsonSchemaExporterOptions { TransformSchemaNode = Complete, TreatNullObliviousAsNonNullable = true });
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = ReportDocument.SchemaName,
        };
        foreach (var (name, node) in schema.AsObject())
        {
            root[name] = node?.DeepClone();
        }

        var text = root.ToJsonString(Indented) + "\n";
        if (Update)
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void A_report_of_another_schema_is_refused_with_the_name_of_ours()
    {
        Assert.Null(ReportJson.TryRead("{}"u8, out var mistake));
        Assert.Contains("not a report", mistake, StringComparison.Ordinal);
    }

    // Times have a converter of their own, which the exporter cannot see into.
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode node)
    {
        if (context.TypeInfo.Type == typeof(DateTimeOffset))
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }

        return context.TypeInfo.Type == typeof(DateTimeOffset?)
            ? new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" }
            : node;
    }
}
