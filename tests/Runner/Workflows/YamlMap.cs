using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sallyport.Runner.Workflows;

/// <summary>A mapping of a YAML file. Reading says file and line of what it does not accept.</summary>
internal sealed class YamlMap(string file, YamlMappingNode node)
{
    public YamlMappingNode Node => node;

    public IEnumerable<string> Keys => node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!);

    public static YamlMap Load(string file)
    {
        try
        {
            using StreamReader reader = File.OpenText(file);
            YamlStream stream = [];
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? new YamlMap(file, root)
                : throw new RunnerException($"{file}: one document with a mapping is expected.");
        }
        catch (YamlException e)
        {
            throw new RunnerException($"{file}:{e.Start.Line}: {e.Message}");
        }
    }

    /// <summary>Refuses keys that the stand-in would otherwise pass over in silence.</summary>
    public YamlMap Only(string what, params ReadOnlySpan<string> known)
    {
        foreach (YamlNode key in node.Children.Keys)
        {
            if (!known.Contains(((YamlScalarNode)key).Value!))
            {
                throw Refuse(key, 
                    $"'{key}' of a {what} is not known to the stand-in; known: {string.Join(", ", known!)}");
            }
        }

        return this;
    }

    public YamlNode? this[string key] => node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value)
        ? value : null;

    public string? Text(string key) => this[key] switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        { } other => throw Refuse(other, $"'{key}' must be a text"),
    };

    public string Needed(string key) => Text(key) ?? throw Refuse(node, $"'{key}' is missing");

    public YamlMap? Map(string key) => this[key] switch
    {
        null or YamlScalarNode { Value: null or "" } => null,
        YamlMappingNode map => new YamlMap(file, map),
        { } other => throw Refuse(other, $"'{key}' must be a mapping"),
    };

    public Dictionary<string, string> Texts(string key) =>
        Map(key) is { } map ? map.Keys.ToDictionary(name => name, name => map.Text(name) ?? "") : [];

    /// <summary>A sequence of texts; one text counts as a sequence of one.</summary>
    public IReadOnlyList<string> List(string key) => this[key] switch
    {
        null => [],
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode sequence => [.. sequence.Children.Select(item => (item as YamlScalarNode)?.Value
            ?? throw Refuse(item, $"items of '{key}' must be texts"))],
        { } other => throw Refuse(other, $"'{key}' must be a sequence"),
    };

    public IReadOnlyList<YamlMap> Maps(string key) => this[key] switch
    {
        null => [],
        YamlSequenceNode sequence => [.. sequence.Children.Select(item => item is YamlMappingNode map
            ? new YamlMap(file, map) : throw Refuse(item, $"items of '{key}' must be mappings"))],
        { } other => throw Refuse(other, $"'{key}' must be a sequence"),
    };

    public RunnerException Refuse(YamlNode at, string why) => new($"{file}:{at.Start.Line}: {why}.");

    public RunnerException Refuse(string why) => Refuse(node, why);

    /// <summary>As JSON: plain scalars keep the types that YAML 1.2 gives them.</summary>
    public static JsonNode? ToJson(YamlNode value) => value switch
    {
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => quoted.Value,
        YamlScalarNode { Value: null or "" or "null" or "~" } => null,
        YamlScalarNode { Value: "true" or "false" } truth => truth.Value == "true",
        YamlScalarNode plain when long.TryParse(plain.Value, CultureInfo.InvariantCulture, out long number) => number,
        YamlScalarNode plain when double.TryParse(plain.Value, CultureInfo.InvariantCulture, out double number) =>
            number,
        YamlScalarNode plain => plain.Value,
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlMappingNode map => new JsonObject(map.Children.Select(
            pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ToJson(pair.Value)))),
        _ => throw new RunnerException($"line {value.Start.Line}: aliases are not known to the stand-in."),
    };
}
