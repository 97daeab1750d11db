using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>What a JSON schema finds wrong in a document, formats of strings included.</summary>
internal static class SchemaMistakes
{
    internal static IReadOnlyList<string> Of(JsonSchema schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        var result = schema.Evaluate(
            document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return result.IsValid
            ? []
            : [.. (result.Details ?? []).Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(error => $"{d.InstanceLocation}: {error.Key} {error.Value}"))];
    }

    /// <summary>The document with another value at a place (RFC 6901).</summary>
    internal static string Put(string json, string pointer, string value)
    {
        var document = JsonNode.Parse(json)!;
        var steps = pointer.Split('/')[1..];
        var parent = steps[..^1].Aggregate(document, (node, step) => node is JsonArray array ? array[int.Parse(step)]! : node[step]!);
        parent[steps[^1]] = JsonNode.Parse(value);
        return document.ToJsonString();
    }
}
