namespace Sallyport.Protocol.Recording;

/// <summary>A step began.</summary>
/// <param name="Step">Id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Number">From 1.</param>
public sealed record StepStarted(
    string Step,
    string Name,
    int Number) : RecordedEvent;
