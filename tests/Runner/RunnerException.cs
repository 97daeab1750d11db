namespace Sallyport.Runner;

/// <summary>What the stand-in does not do, or was asked wrongly: where, what, and what it would accept.</summary>
internal sealed class RunnerException(string message) : Exception(message);
