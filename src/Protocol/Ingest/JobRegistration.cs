using System.Collections.Immutable;

namespace Sallyport.Protocol.Ingest;

/// <summary>
/// <c>POST /api/v1/jobs</c>: a job is about to send its recording. The same registration gives the same job again. Each text
/// has at most <see cref="IngestLimits.TextCharacters"/> characters.
/// </summary>
/// <param name="Repository"><c>owner/name</c>; null for what runs on a machine outside GitHub.</param>
/// <param name="Machine">Host name; told apart by it when there is no repository.</param>
/// <param name="Workflow">Name of the workflow; null outside GitHub.</param>
/// <param name="RunId">Of the workflow's run, or what tells one run from another.</param>
/// <param name="RunAttempt">From 1.</param>
/// <param name="Job">Id of the job in the workflow, or the command.</param>
/// <param name="JobName">As shown to people; null is as the id.</param>
/// <param name="Matrix">Values of the matrix by their keys; null when the job has none.</param>
/// <param name="Sha">Commit.</param>
/// <param name="Ref">Branch or tag, whole.</param>
/// <param name="EventName">That started the workflow.</param>
/// <param name="Actor">Who started it.</param>
/// <param name="Runner">Name of the runner.</param>
/// <param name="RunnerEnvironment"><c>github-hosted</c> or <c>self-hosted</c>.</param>
/// <param name="AgentVersion">Of the agent.</param>
/// <param name="PolicyVersion">Name and number of the policy from the server that is in force; null for none.</param>
/// <param name="Recording">
/// Tells two recordings of one job apart, as an agent and the one that took over from it make: the first seal. Null is one recording.
/// </param>
public sealed record JobRegistration(
    string? Repository,
    string? Machine,
    string? Workflow,
    string RunId,
    int RunAttempt,
    string Job,
    string? JobName,
    ImmutableSortedDictionary<string, string>? Matrix,
    string? Sha,
    string? Ref,
    string? EventName,
    string? Actor,
    string? Runner,
    string? RunnerEnvironment,
    string? AgentVersion,
    string? PolicyVersion,
    string? Recording = null);
