namespace Sallyport.Runner.Messages;

/// <summary>What <c>--result</c> names: how each job ended.</summary>
internal sealed record RunResult(IReadOnlyList<JobResult> Jobs);
