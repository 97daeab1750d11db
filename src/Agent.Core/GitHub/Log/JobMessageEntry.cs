namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>INFO Worker] Job message:</c> with the whole job.</summary>
/// <param name="Job">What of it is used.</param>
public sealed record JobMessageEntry(JobMessage Job) : WorkerEntry;
