using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sallyport.Runner.Workflows;

/// <summary>
/// YAML values in the form of the service's messages: 0 text, 1 sequence, 2 mapping, 3 expression, 5 boolean, 6 number,
/// each with file, line and column.
/// </summary>
internal static class TemplateToken
{
    public static JsonObject Of(YamlNode node) => node switch
    {
        YamlMappingNode map => Map(map, At(2, map)),
        YamlSequenceNode list => With(At(1, list), "seq", new JsonArray([.. list.Children.Select(Of)])),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new RunnerException($"line {node.Start.Line}: aliases are not known to the stand-in."),
    };

    /// <summary>A mapping without a place in the file, with the service's own keys.</summary>
    public static JsonObject Inputs(params IEnumerable<(string Key, YamlNode? Value)> pairs) => new()
    {
        ["type"] = 2,
        ["map"] = new JsonArray([.. pairs.Where(pair => pair.Value is not null)
            .Select(pair => new JsonObject { ["key"] = pair.Key, ["value"] = Of(pair.Value!) })]),
    };

    private static JsonObject Map(YamlMappingNode map, JsonObject token) => With(token, "map", new JsonArray(
        [.. map.Children.Select(pair => new JsonObject { ["key"] = Of(pair.Key), ["value"] = Of(pair.Value) })]));

    private static JsonObject Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (Template.HasExpression(text))
        {
            return With(At(3, scalar), "expr", Template.ToFormat(text));
        }

        return scalar.Style == ScalarStyle.Plain && text is "true" or "false"
            ? With(At(5, scalar), "bool", text == "true")
            : With(At(0, scalar), "lit", text);
    }

    private static JsonObject At(int type, YamlNode node) => new()
    {
        ["type"] = type,
        ["file"] = 1,
        ["line"] = node.Start.Line,
        ["col"] = node.Start.Column,
    };

    private static JsonObject With(JsonObject token, string key, JsonNode value)
    {
        token[key] = value;
        return token;
    }
}
