namespace Sallyport.Protocol.Recording;

/// <summary>A step began.</summary>
/// <param name="Step">Id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Number">From 1.</param>
/// <param name="Stage"><c>pre</c>, <c>main</c>, <c>post</c>, or <c>job</c> for what the runner does itself; null without a runner.</param>
/// <param name="Action"><c>owner/repo@ref</c>, <c>./path</c> or <c>docker://image</c> of a <c>uses:</c> step.</param>
/// <param name="Kind"><c>run</c>, <c>action</c>, <c>docker</c> or <c>runner</c>; null without a runner.</param>
public sealed record StepStarted(
    string Step,
    string Name,
    int Number,
    string? Stage = null,
    string? Action = null,
    string? Kind = null) : RecordedEvent;
