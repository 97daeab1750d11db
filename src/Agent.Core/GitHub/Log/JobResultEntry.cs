namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Job result after all job steps finish: Failed</c></summary>
/// <param name="Result">The runner's word.</param>
public sealed record JobResultEntry(string Result) : WorkerEntry;
