namespace Sallyport.Runner.Messages;

/// <summary>How a job ended.</summary>
internal sealed record JobResult
{
    /// <summary>The key below <c>jobs:</c>; inside a reusable workflow with the caller's before it.</summary>
    public required string Job { get; init; }

    public required string Name { get; init; }

    /// <summary>success, failure, cancelled or skipped.</summary>
    public required string Conclusion { get; init; }

    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    public Dictionary<string, string> Outputs { get; init; } = [];

    /// <summary>Processes that were killed at "Complete job".</summary>
    public IReadOnlyList<string> Orphans { get; init; } = [];

    public string? TrackingId { get; init; }

    /// <summary>Path of the Worker_*.log.</summary>
    public string? WorkerLog { get; init; }

    public int? WorkerExitCode { get; init; }

    public string? Error { get; init; }
}
