namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>INFO Worker] Job completed.</c></summary>
public sealed record JobCompletedEntry : WorkerEntry;
