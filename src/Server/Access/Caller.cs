namespace Sallyport.Server.Access;

/// <summary>Who calls the interface for agents.</summary>
/// <param name="Owner">Organisation or user whose jobs may be written.</param>
/// <param name="Credential">For counting and for the audit: <c>key:&lt;id&gt;</c> or <c>token:owner/name</c>.</param>
/// <param name="Repository"><c>owner/name</c> that a job's token is for; null with an API key, which is for all of the owner's.</param>
/// <param name="RunId">That a job's token is for; null with an API key.</param>
/// <param name="RunAttempt">That a job's token is for; null with an API key.</param>
/// <param name="EventName">That started the run, as GitHub signed it; null with an API key, or when the token does not say it.</param>
/// <param name="Workflow">Its name, as GitHub signed it; null with an API key, or when the token does not say it.</param>
internal sealed record Caller(string Owner, string Credential, string? Repository, string? RunId, string? RunAttempt,
    string? EventName = null, string? Workflow = null);
