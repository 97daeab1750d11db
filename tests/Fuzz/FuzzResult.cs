namespace Sallyport.Fuzz;

/// <summary>What came of feeding one target.</summary>
/// <param name="Inputs">Inputs that were read.</param>
/// <param name="Crash">The input that made it fail, or null.</param>
/// <param name="Failure">How it failed, or null.</param>
internal sealed record FuzzResult(long Inputs, byte[]? Crash, string? Failure);
