using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Control;
using Sallyport.Protocol.Control;
using Sallyport.Reporting;

namespace Sallyport.Agent.Runner;

/// <summary>What the agent of a job answers when it is asked about the job (CONTRACTS, control).</summary>
internal static class JobReplies
{
    /// <param name="job">As it is in force.</param>
    /// <param name="origin">Of the agent: of the image, or of the step that brought it.</param>
    /// <param name="notices">For the step that has asked.</param>
    internal static JobStartedReply Started(RunnerJob job, string origin, ImmutableArray<ControlNotice> notices) => new(
        job.Id, job.Mode, job.InForce, job.Degraded, job.Policy.Shown, new StartedAgent(Version.Text, origin), job.Coverage, notices);

    /// <summary>The results up to now, written out.</summary>
    internal static JobReportReply Report(RunnerJob job)
    {
        var report = job.Report();
        var failure = FailOnReason.Find(job.Policy.FailOn, report, job.Actions);
        return new JobReportReply(
            job.Id, job.Mode, job.InForce, report.Complete,
            Annotations.Refused(report), report.Findings.Length,
            Path.Combine(job.Results, "report.json"),
            Path.Combine(job.Results, Sinks.RecordingHandover.FileName),
            Path.Combine(job.Results, Sinks.RunOutputs.HtmlName),
            job.LastSeal ?? string.Empty,
            Path.Combine(job.Results, "summary.md"),
            Annotations.Of(report),
            failure is not null,
            failure is null ? [] : [failure]);
    }

    internal static ControlErrorReply Refusal(CommandFailure failure) => new(
        failure.Code switch
        {
            ExitCode.Usage or ExitCode.UnreadableInput => ControlErrorCode.PolicyInvalid,
            ExitCode.CannotEnforce => ControlErrorCode.CannotEnforce,
            ExitCode.NotPermitted => ControlErrorCode.NotPermitted,
            _ => ControlErrorCode.Failed,
        },
        failure.Message,
        []);
}
