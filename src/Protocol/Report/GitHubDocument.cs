using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>What GitHub calls the job; null is what was not said.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Workflow">Name of the workflow.</param>
/// <param name="WorkflowRef"><c>owner/name/path@ref</c> of its file.</param>
/// <param name="Job">Id of the job in the workflow.</param>
/// <param name="JobName">As shown to people; the matrix stands in it.</param>
/// <param name="Matrix">Values of the matrix by their keys; null when the job has none.</param>
/// <param name="RunId">Of the workflow's run.</param>
/// <param name="RunAttempt">From 1.</param>
/// <param name="Sha">Commit.</param>
/// <param name="Ref">Branch or tag, whole.</param>
/// <param name="EventName">That started the workflow.</param>
/// <param name="Actor">Who started it.</param>
/// <param name="RunnerName">Of the runner.</param>
/// <param name="RunnerOs"><c>Linux</c>.</param>
/// <param name="RunnerEnvironment"><c>github-hosted</c> or <c>self-hosted</c>.</param>
/// <param name="Server">Of GitHub.</param>
/// <param name="Result"><c>success</c>, <c>failure</c>, <c>cancelled</c>, or null while unknown.</param>
public sealed record GitHubDocument(
    string? Repository,
    string? Workflow,
    string? WorkflowRef,
    string? Job,
    string? JobName,
    ImmutableSortedDictionary<string, string>? Matrix,
    string? RunId,
    string? RunAttempt,
    string? Sha,
    string? Ref,
    string? EventName,
    string? Actor,
    string? RunnerName,
    string? RunnerOs,
    string? RunnerEnvironment,
    string? Server,
    string? Result);
