using System.Text.Json.Nodes;

namespace Sallyport.Runner.Expressions;

/// <summary>
/// What an expression may ask: named contexts, and the state of the job or composite for the four functions.
/// </summary>
internal sealed record ExpressionScope
{
    public required IReadOnlyDictionary<string, JsonNode?> Contexts { get; init; }

    /// <summary>A step (or a needed job) has failed, and nothing carried on from it.</summary>
    public bool Failed { get; init; }

    public bool Cancelled { get; init; }

    /// <summary>Follows <c>a.b.c</c>, letter case aside as on GitHub; null where something is missing.</summary>
    public JsonNode? Look(string path)
    {
        string[] parts = path.Split('.');
        if (!Contexts.TryGetValue(parts[0], out JsonNode? node))
        {
            throw new RunnerException(
                $"'{path}': there is no context '{parts[0]}' here; there are {string.Join(", ", Contexts.Keys)}.");
        }

        foreach (string part in parts.AsSpan(1))
        {
            node = (node as JsonObject)?.FirstOrDefault(
                member => member.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Value;
        }

        return node;
    }
}
