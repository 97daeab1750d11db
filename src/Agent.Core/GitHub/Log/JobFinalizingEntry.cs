namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>INFO JobRunner] Finalize job.</c>: "Complete job" begins.</summary>
public sealed record JobFinalizingEntry : WorkerEntry;
