namespace Sallyport.Agent.Upload;

/// <summary>Which job of GitHub's a policy is asked for; null is what is not known, and then only what is attached above holds.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Workflow">Its name.</param>
/// <param name="Job">Its id in the workflow.</param>
internal readonly record struct JobPlace(string? Repository, string? Workflow, string? Job);
