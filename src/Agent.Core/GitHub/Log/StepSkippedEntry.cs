namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Skipping step due to condition evaluation.</c></summary>
/// <param name="Embedded">True for an inner step of a composite action.</param>
public sealed record StepSkippedEntry(bool Embedded) : WorkerEntry;
