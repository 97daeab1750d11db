namespace Sallyport.Protocol.Recording;

/// <summary>A step ended.</summary>
/// <param name="Step">Id.</param>
/// <param name="Conclusion"><c>success</c>, <c>failure</c>, <c>skipped</c>, <c>cancelled</c>, or null when unknown.</param>
public sealed record StepEnded(
    string Step,
    string? Conclusion) : RecordedEvent;
