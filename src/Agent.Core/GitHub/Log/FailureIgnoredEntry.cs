namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Updated step result (continue on error)</c></summary>
public sealed record FailureIgnoredEntry : WorkerEntry;
