namespace Sallyport.Protocol.Report;

/// <summary>A step of the job.</summary>
/// <param name="Id">Other tables refer to it.</param>
/// <param name="Name">As shown to people.</param>
/// <param name="Number">From 1.</param>
/// <param name="Started">Wall clock.</param>
/// <param name="Ended">Null when its end was not seen.</param>
/// <param name="Conclusion"><c>success</c>, <c>failure</c>, <c>skipped</c>, <c>cancelled</c>, or null.</param>
public sealed record StepDocument(
    string Id,
    string Name,
    int Number,
    DateTimeOffset Started,
    DateTimeOffset? Ended,
    string? Conclusion);
