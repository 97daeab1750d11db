using System.Text.Json.Nodes;

namespace Sallyport.Runner.Messages;

/// <summary>How a record of a job ended: a step, its pre or post, or one of the job's own (Set up job …).</summary>
internal sealed record StepResult
{
    public required Guid Id { get; init; }

    public required int Number { get; init; }

    public required string Name { get; init; }

    public string? ContextName { get; init; }

    /// <summary>Pre, Main or Post.</summary>
    public required string Stage { get; init; }

    /// <summary>success, failure, cancelled or skipped, before continue-on-error.</summary>
    public required string Outcome { get; init; }

    /// <summary>The same after continue-on-error.</summary>
    public required string Conclusion { get; init; }

    public required DateTimeOffset? Started { get; init; }

    public required DateTimeOffset? Finished { get; init; }

    public required IReadOnlyList<Annotation> Annotations { get; init; }

    public required string Summary { get; init; }

    public required JsonObject Outputs { get; init; }

    /// <summary>The step's log; null for a skipped one.</summary>
    public required string? Log { get; init; }
}
