namespace Sallyport.Agent.Core.GitHub.Identities;

/// <summary>What the environment of a step says of the job; null is what it does not say.</summary>
/// <param name="Job"><c>GITHUB_JOB</c>, the id.</param>
/// <param name="Workflow"><c>GITHUB_WORKFLOW</c>, its name.</param>
/// <param name="WorkflowRef"><c>GITHUB_WORKFLOW_REF</c>.</param>
/// <param name="RunId"><c>GITHUB_RUN_ID</c>.</param>
/// <param name="RunAttempt"><c>GITHUB_RUN_ATTEMPT</c>.</param>
/// <param name="Repository"><c>GITHUB_REPOSITORY</c>.</param>
/// <param name="Sha"><c>GITHUB_SHA</c>.</param>
/// <param name="Ref"><c>GITHUB_REF</c>.</param>
/// <param name="Actor"><c>GITHUB_ACTOR</c>.</param>
/// <param name="EventName"><c>GITHUB_EVENT_NAME</c>.</param>
/// <param name="Server"><c>GITHUB_SERVER_URL</c>.</param>
/// <param name="Workspace"><c>GITHUB_WORKSPACE</c>.</param>
/// <param name="RunnerName"><c>RUNNER_NAME</c>.</param>
/// <param name="RunnerOs"><c>RUNNER_OS</c>.</param>
/// <param name="RunnerEnvironment"><c>RUNNER_ENVIRONMENT</c>.</param>
public sealed record JobIdentity(
    string? Job,
    string? Workflow,
    string? WorkflowRef,
    string? RunId,
    string? RunAttempt,
    string? Repository,
    string? Sha,
    string? Ref,
    string? Actor,
    string? EventName,
    string? Server,
    string? Workspace,
    string? RunnerName,
    string? RunnerOs,
    string? RunnerEnvironment);
