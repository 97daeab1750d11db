using System.Collections.Immutable;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Ui;

/// <summary>How far a job has come: what its page asks for while it is open.</summary>
/// <param name="Version">Changes when the report does.</param>
/// <param name="State">As the page says it.</param>
/// <param name="Kind">One of the words of the state, for its colour.</param>
/// <param name="Amount">Events and bytes so far.</param>
/// <param name="IsRunning">More is coming.</param>
/// <param name="HasReport">Something has come.</param>
/// <param name="LookAgainMs">When to ask again; 0 when nothing can change any more.</param>
/// <param name="Notices">What is wrong with the recording.</param>
internal sealed record JobProgress(
    string Version, string State, string Kind, string Amount, bool IsRunning, bool HasReport, int LookAgainMs, ImmutableArray<string> Notices)
{
    private const int LiveMs = 2_000;
    private const int SettlingMs = 500;
    private const int LateMs = 15_000;

    public static JobProgress Of(JobRow job) => new(
        VersionOf(job),
        StateOf(job),
        job.State,
        $"{Show.Many(job.Events, "event", "events")}, {Show.Bytes(job.Bytes)}",
        job.State is JobState.Waiting or JobState.Running,
        job.Segments > 0,
        job.State switch
        {
            _ when job.Recorded == FinishJob.Joined => 0,
            JobState.Waiting or JobState.Running => LiveMs,
            JobState.Ended when job.Recorded is null && job.Segments > 0 => SettlingMs,
            _ => LateMs,
        },
        [.. NoticesOf(job)]);

    /// <summary>For the entity tag too: letters, digits, dots and hyphens.</summary>
    public static string VersionOf(JobRow job) =>
        FormattableString.Invariant($"{job.State}-{job.Segments}-{job.Events}-{job.Chain}-{job.Recorded ?? "live"}-{job.Fold}-{job.AnnouncedSegments}");

    private static string StateOf(JobRow job) => job.State switch
    {
        JobState.Waiting => "waiting for its first events",
        JobState.Running => "running",
        JobState.Ended when job.Segments == 0 => "ended: nothing came",
        JobState.Ended when job.Recorded is null => "ended, being read",
        JobState.Lost => "lost: not heard from any more",
        _ => "ended",
    };

    private static IEnumerable<string> NoticesOf(JobRow job)
    {
        if (job.Chain == ChainState.Broken)
        {
            yield return job.ChainBrokenAt is { } at
                ? $"The chain of the recording is broken at segment {Show.Number(at)}: what stands from there on may have been replaced."
                : "The chain of the recording is broken: what it says may have been replaced.";
        }

        if (job.AnnouncedSegments - job.Segments is > 0 and var missing)
        {
            yield return $"{Show.Many(missing, "segment", "segments")} of {Show.Number(job.AnnouncedSegments)} did not come: what they held is not known.";
        }

        if (job.Undelivered > 0)
        {
            yield return $"The agent could not deliver {Show.Many(job.Undelivered.Value, "segment", "segments")}.";
        }

        if (job.State == JobState.Lost)
        {
            yield return "The job was not heard from for too long: its end is missing, and what it did since is not known.";
        }
    }
}
