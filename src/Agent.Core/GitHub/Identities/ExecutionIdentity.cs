namespace Sallyport.Agent.Core.GitHub.Identities;

/// <summary>What the environment of a step's process says of the step; null is what it does not say.</summary>
/// <param name="Action"><c>GITHUB_ACTION</c>: context name of the outer step.</param>
/// <param name="ActionPath"><c>GITHUB_ACTION_PATH</c>: folder of the composite action that an inner step is a part of.</param>
/// <param name="ActionRepository"><c>GITHUB_ACTION_REPOSITORY</c>.</param>
/// <param name="ActionRef"><c>GITHUB_ACTION_REF</c>.</param>
/// <param name="FileCommands">Guid in <c>GITHUB_OUTPUT</c>: one for each execution.</param>
/// <param name="TrackingId"><c>RUNNER_TRACKING_ID</c>: one for each job.</param>
public sealed record ExecutionIdentity(
    string? Action,
    string? ActionPath,
    string? ActionRepository,
    string? ActionRef,
    string? FileCommands,
    string? TrackingId)
{
    /// <summary>Host of <c>ACTIONS_ID_TOKEN_REQUEST_URL</c>, when the environment names it for nothing else.</summary>
    public string? IdTokenHost { get; init; }
}
