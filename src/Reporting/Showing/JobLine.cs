using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>A runner's job on one line: repository, workflow, job, run, event, commit.</summary>
internal static class JobLine
{
    private const int LongestPart = 60;

    /// <summary>Facts, the most telling first; escaped and cut. Empty without a runner.</summary>
    public static IReadOnlyList<string> Facts(ReportDocument report) => report.Job.GitHub is { } job
        ?
        [
            .. new[]
                {
                    job.Repository,
                    job.Workflow,
                    job.JobName ?? job.Job,
                    job.RunId is null ? null : $"run {job.RunId}{(job.RunAttempt is null or "1" ? "" : $" attempt {job.RunAttempt}")}",
                    job.EventName is null ? null : job.Actor is null ? job.EventName : $"{job.EventName} by {job.Actor}",
                    job.Sha is { Length: >= 8 } sha ? sha[..8] : job.Sha,
                }.OfType<string>()
                .Select(fact => Columns.Cut(HostileText.Plain(fact), LongestPart)),
        ]
        : [];

    /// <summary>Steps with processes that outlived them: <c>Build: sleep, node</c>; escaped.</summary>
    public static IEnumerable<string> LeftRunning(Digest digest) => digest.Report.Steps
        .Where(step => !step.LeftRunning.IsDefaultOrEmpty)
        .Select(step => $"{Columns.Cut(HostileText.Plain(step.Name), LongestPart)}: "
            + string.Join(", ", step.LeftRunning.Select(digest.Names.Program).Distinct(StringComparer.Ordinal).Take(4)));
}
