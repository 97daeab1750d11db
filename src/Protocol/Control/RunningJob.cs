namespace Sallyport.Protocol.Control;

/// <summary>A job that is watched.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Mode"><c>audit</c> or <c>block</c>.</param>
/// <param name="InForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Degraded">What could not be observed or enforced, as one text; null for nothing.</param>
/// <param name="Worker">Process id of its Runner.Worker.</param>
/// <param name="Repository">GITHUB_REPOSITORY, null while it is not known.</param>
/// <param name="RunId">GITHUB_RUN_ID, null while it is not known.</param>
/// <param name="Started">When watching began, UTC.</param>
public sealed record RunningJob(
    string Job,
    string Mode,
    string InForce,
    string? Degraded,
    int Worker,
    string? Repository,
    string? RunId,
    DateTimeOffset Started)
{
    /// <summary>What is judged: <c>job</c>, or <c>machine</c>; null from an agent that does not say.</summary>
    public string? Scope { get; init; }

    /// <summary>Deny list that is in force, as in <c>deny list version 7 of octo</c>; null for none, or from an agent that does not say.</summary>
    public string? DenyList { get; init; }
}
