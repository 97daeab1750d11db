namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Step result: Failed</c>; empty when it succeeded.</summary>
/// <param name="Result">The runner's word.</param>
/// <param name="Embedded">True for an inner step of a composite action.</param>
public sealed record StepResultEntry(string Result, bool Embedded) : WorkerEntry;
