using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Workflows;

/// <summary>A job that will run, or be skipped, once those it needs are over.</summary>
internal sealed record PlannedJob
{
    /// <summary>The key below <c>jobs:</c>; in a reusable workflow <c>caller/key</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Paths of the jobs it needs, the caller's included.</summary>
    public required ImmutableArray<string> Needs { get; init; }

    /// <summary>Without what is only known when it starts: needs.</summary>
    public required JobRequest Request { get; init; }

    public required string Condition { get; init; }

    public required JsonObject Message { get; init; }
}
