using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>A step of the job.</summary>
/// <param name="Id">Other tables refer to it.</param>
/// <param name="Name">As shown to people.</param>
/// <param name="Number">From 1.</param>
/// <param name="Stage"><c>pre</c>, <c>main</c>, <c>post</c>, or <c>job</c> for what the runner does itself; null without a runner.</param>
/// <param name="Action"><c>owner/repo@ref</c>, <c>./path</c> or <c>docker://image</c> of a <c>uses:</c> step, or null.</param>
/// <param name="Kind"><c>run</c>, <c>node24</c>, <c>composite</c>, <c>docker</c>, <c>action</c>, <c>runner</c>; null without a runner.</param>
/// <param name="Started">Wall clock.</param>
/// <param name="Ended">Null when its end was not seen.</param>
/// <param name="Conclusion"><c>success</c>, <c>failure</c>, <c>skipped</c>, <c>cancelled</c>, or null.</param>
/// <param name="FailureIgnored">True when it failed and <c>continue-on-error</c> made that a success.</param>
/// <param name="Confirmed">Whether all of its executions are confirmed; null when it has none.</param>
/// <param name="Executions">What the runner started for it; more than one for a composite action.</param>
/// <param name="LeftRunning">Ids of its processes that were alive when its end was read.</param>
public sealed record StepDocument(
    string Id,
    string Name,
    int Number,
    string? Stage,
    string? Action,
    string? Kind,
    DateTimeOffset Started,
    DateTimeOffset? Ended,
    string? Conclusion,
    bool FailureIgnored,
    bool? Confirmed,
    ImmutableArray<ExecutionDocument> Executions,
    ImmutableArray<string> LeftRunning);
