namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>A step of the job message.</summary>
/// <param name="ContextName">Its <c>GITHUB_ACTION</c>; unique in the job.</param>
/// <param name="Id">Guid of its record.</param>
/// <param name="Name">Display name if it needs no evaluation, as the worker will show it; else null.</param>
/// <param name="Action"><c>owner/repo@ref</c>, <c>./path</c> or <c>docker://image</c>; null for <c>run:</c>.</param>
/// <param name="Kind"><c>run</c>, <c>action</c> or <c>docker</c>; null for a kind that is not known.</param>
public sealed record PlannedStep(string ContextName, string? Id, string? Name, string? Action, string? Kind);
