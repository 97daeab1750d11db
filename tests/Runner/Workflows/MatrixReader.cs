using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Sallyport.Runner.Workflows;

/// <summary><c>strategy.matrix</c>: every combination, with <c>exclude</c> and <c>include</c>.</summary>
internal static class MatrixReader
{
    /// <returns>One empty object when there is no matrix.</returns>
    public static IReadOnlyList<JsonObject> Combinations(YamlMap job)
    {
        YamlMap? strategy = job.Map("strategy")?.Only("strategy", "matrix", "fail-fast", "max-parallel");
        if (strategy?["matrix"] is not { } node)
        {
            return [[]];
        }

        YamlMap matrix = strategy.Map("matrix") ?? throw strategy.Refuse(node, "'matrix' must be a mapping");
        IEnumerable<JsonObject> combinations = [[]];
        foreach (string key in matrix.Keys.Where(key => key is not ("include" or "exclude")))
        {
            YamlSequenceNode values = matrix[key] as YamlSequenceNode
                ?? throw matrix.Refuse($"'{key}' must be a sequence");
            combinations = combinations.SelectMany(combination => values.Children.Select(value =>
                new JsonObject(((JsonObject)combination.DeepClone()).ToList()
                    .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))
                    .Append(KeyValuePair.Create(key, YamlMap.ToJson(value))))));
        }

        List<JsonObject> result = [.. combinations.Where(combination => combination.Count > 0
            && !Objects(matrix, "exclude")
                .Any(excluded => excluded.All(pair => Same(combination[pair.Key], pair.Value))))];
        foreach (JsonObject included in Objects(matrix, "include"))
        {
            Include(result, included, [.. matrix.Keys]);
        }

        return result;
    }

    /// <summary>
    /// Added to each combination whose own values it does not overwrite, else a combination by itself.
    /// </summary>
    private static void Include(List<JsonObject> combinations, JsonObject included, HashSet<string> axes)
    {
        List<JsonObject> extended = [.. combinations.Where(combination => included.All(pair =>
            !axes.Contains(pair.Key) || Same(combination[pair.Key], pair.Value)))];
        foreach (JsonObject combination in extended)
        {
            foreach ((string key, JsonNode? value) in included)
            {
                combination[key] = value?.DeepClone();
            }
        }

        if (extended.Count == 0)
        {
            combinations.Add((JsonObject)included.DeepClone());
        }
    }

    private static IEnumerable<JsonObject> Objects(YamlMap matrix, string key) =>
        matrix.Maps(key).Select(map => (JsonObject)YamlMap.ToJson(map.Node)!);

    private static bool Same(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);
}
