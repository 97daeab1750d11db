namespace Sallyport.Policy;

/// <summary>One entry of <c>expect</c>.</summary>
/// <param name="Right">What is expected.</param>
/// <param name="Match">Of which step.</param>
public sealed record StepExpectation(StepRight Right, PolicyMatch Match);
