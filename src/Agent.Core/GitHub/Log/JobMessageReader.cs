using System.Collections.Immutable;
using System.Text.Json;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>Reads the job message. Bounded by <see cref="MostSteps"/> and <see cref="MostMatrixKeys"/>.</summary>
internal static class JobMessageReader
{
    /// <summary>GitHub allows about 1000 steps in a job.</summary>
    public const int MostSteps = 4096;

    public const int MostMatrixKeys = 64;

    public static JobMessage? Read(ReadOnlyMemory<byte> json)
    {
        if (JsonField.Object(json) is not { } root || root.Field("steps") is not { Kind: JsonValueKind.Array } steps)
        {
            return null;
        }

        return new JobMessage(
            [.. steps.Items.Take(MostSteps).Select(Step)],
            GitHub(root),
            Math.Max(0, steps.Items.Count - MostSteps));
    }

    private static PlannedStep Step(JsonField step)
    {
        var reference = step.Field("reference");
        var (kind, action, unnamed) = reference?.Text("type")?.ToUpperInvariant() switch
        {
            "SCRIPT" => ("run", null, Script(step)),
            "REPOSITORY" => Repository(reference!),
            "CONTAINERREGISTRY" when reference!.Text("image") is { } image =>
                ("docker", Docker(image), Docker(image)),
            _ => ((string?)null, (string?)null, (string?)null),
        };
        var name = step.Field("displayNameToken") is { Kind: not JsonValueKind.Null } token
            ? Literal(token)
            : unnamed is null ? null : $"Run {FirstLine(unnamed)}";
        return new PlannedStep(
            step.Text("contextName") ?? step.Text("name") ?? "",
            step.Text("id"),
            name is null ? null : FirstLine(name),
            action,
            kind);
    }

    private static (string Kind, string? Action, string? Unnamed) Repository(JsonField reference)
    {
        var path = reference.Text("path");
        if (string.Equals(reference.Text("repositoryType"), "self", StringComparison.OrdinalIgnoreCase))
        {
            return ("action", path, null);
        }

        var whole = reference.Text("name") + (string.IsNullOrEmpty(path) ? "" : $"/{path}");
        var action = reference.Text("ref") is { Length: > 0 } at ? $"{whole}@{at}" : whole;
        return ("action", action, action);
    }

    private static string Docker(string image) =>
        image.StartsWith("docker://", StringComparison.Ordinal) ? image : $"docker://{image}";

    // inputs: {"map": [{"key": "script", "value": {"lit": "…"}}]}
    private static string? Script(JsonField step)
    {
        foreach (var pair in step.Field("inputs")?.Field("map")?.Items ?? [])
        {
            if (pair.Field("key") is { } key && Literal(key) == "script")
            {
                return pair.Field("value") is { } value ? Literal(value) : null;
            }
        }

        return null;
    }

    // A token is a text, or an object with "lit"; with "expr" it has to be evaluated.
    private static string? Literal(JsonField token) => token.Text() ?? token.Text("lit");

    // As the worker does: what stands before the first text goes, and all from the first line break on.
    private static string FirstLine(string text)
    {
        var trimmed = text.TrimStart(' ', '\t', '\r', '\n');
        var end = trimmed.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? trimmed : trimmed[..end];
    }

    private static GitHubDocument GitHub(JsonField root)
    {
        var context = Dictionary(root.Field("contextData")?.Field("github"));
        string? Fact(string name) => context.GetValueOrDefault(name) is { Length: > 0 } fact ? fact : null;
        var matrix = Dictionary(root.Field("contextData")?.Field("matrix"));
        return new GitHubDocument(
            Fact("repository"), Fact("workflow"), Fact("workflow_ref"), Fact("job") ?? root.Text("jobName"),
            root.Text("jobDisplayName"), matrix.Count == 0 ? null : matrix.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Fact("run_id"), Fact("run_attempt"), Fact("sha"), Fact("ref"), Fact("event_name"), Fact("actor"),
            null, null, null, Fact("server_url"), null);
    }

    // {"t": 2, "d": [{"k": "sha", "v": "51dcb…"}]}; objects in it are left out.
    private static Dictionary<string, string> Dictionary(JsonField? context)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in context?.Field("d")?.Items ?? [])
        {
            var value = pair.Field("v") is { } v ? v.Raw ?? v.Text() : null;
            if (pair.Text("k") is { } name && value is not null && facts.Count < MostMatrixKeys)
            {
                facts.TryAdd(name, value);
            }
        }

        return facts;
    }
}
