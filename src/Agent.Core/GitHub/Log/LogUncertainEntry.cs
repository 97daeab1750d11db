namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// Text of the workflow's author went on after a line break, or a part of the log is missing: lines are withheld until
/// one that only the worker can have written.
/// </summary>
public sealed record LogUncertainEntry : WorkerEntry;
