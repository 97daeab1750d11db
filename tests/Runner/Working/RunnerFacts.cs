using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Sallyport.Runner.Working;

/// <summary>The <c>runner</c> context, and RUNNER_ variables.</summary>
internal static class RunnerFacts
{
    public static JsonObject Context(JobContext job) => new(Variables(job)
        .Select(pair => KeyValuePair.Create(pair.Name["RUNNER_".Length..], (JsonNode?)pair.Value)));

    /// <summary>In the runner's order, with the machine's paths.</summary>
    public static IEnumerable<(string Name, string Value)> Variables(JobContext job) =>
    [
        ("RUNNER_OS", "Linux"),
        ("RUNNER_ARCH", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "ARM64" : "X64"),
        ("RUNNER_NAME", job.Request.RunnerName),
        ("RUNNER_TOOL_CACHE", job.Root.Tools),
        ("RUNNER_TEMP", job.Root.Temp),
        ("RUNNER_WORKSPACE", job.PipelineFolder),
        // Over what a step wrote to GITHUB_ENV, as all of these; and only where the service says it.
        .. job.Request.RunnerEnvironment is { } environment ? ((string, string)[])[("RUNNER_ENVIRONMENT", environment)] : [],
    ];
}
