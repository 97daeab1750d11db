namespace Sallyport.Agent.Control;

/// <summary>What became of a launch.</summary>
/// <param name="Failure">Null when the command runs.</param>
/// <param name="Error">errno of the failure.</param>
internal readonly record struct LaunchResult(LaunchFailure? Failure, int Error);
