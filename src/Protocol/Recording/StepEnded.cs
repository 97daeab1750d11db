namespace Sallyport.Protocol.Recording;

/// <summary>A step ended.</summary>
/// <param name="Step">Id.</param>
/// <param name="Conclusion"><c>success</c>, <c>failure</c>, <c>skipped</c>, <c>cancelled</c>, or null when unknown.</param>
/// <param name="Kind">As the runner said it at the end: <c>run</c>, <c>node24</c>, <c>composite</c>, <c>docker</c>, <c>runner</c>; or null.</param>
/// <param name="Started">By the runner's own clock, or null.</param>
/// <param name="Finished">By the runner's own clock, or null.</param>
/// <param name="FailureIgnored">True when it failed and <c>continue-on-error</c> made that a success.</param>
public sealed record StepEnded(
    string Step,
    string? Conclusion,
    string? Kind = null,
    DateTimeOffset? Started = null,
    DateTimeOffset? Finished = null,
    bool FailureIgnored = false) : RecordedEvent;
