namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Publish step telemetry for current step {…}.</c>: the end of a step.</summary>
/// <param name="Action"><c>owner/repo</c>, <c>./path</c>, the shell, or <c>setup_job</c> and the like.</param>
/// <param name="Type"><c>run</c>, <c>node24</c>, <c>composite</c>, <c>docker</c>, <c>runner</c>.</param>
/// <param name="Stage"><c>Pre</c>, <c>Main</c> or <c>Post</c>.</param>
/// <param name="StepId">Guid; that of the job message for a main step.</param>
/// <param name="ContextName">As in the job message; <c>outer.inner</c> for inner steps; null for pre and post.</param>
/// <param name="Embedded">True for an inner step of a composite action.</param>
/// <param name="Result"><c>succeeded</c>, <c>failed</c>, <c>canceled</c>, <c>skipped</c>, or null.</param>
/// <param name="Started">By the worker's clock, or null.</param>
/// <param name="Finished">By the worker's clock, or null.</param>
/// <param name="HasErrors">It has said errors or warnings.</param>
public sealed record StepTelemetryEntry(
    string? Action,
    string? Type,
    string? Stage,
    string? StepId,
    string? ContextName,
    bool Embedded,
    string? Result,
    DateTimeOffset? Started,
    DateTimeOffset? Finished,
    bool HasErrors = false) : WorkerEntry;
