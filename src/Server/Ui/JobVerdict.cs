using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Ui;

/// <summary>What somebody has to know first of a job: a sign, a word, and the colour that repeats them.</summary>
internal sealed record JobVerdict(string Sign, string Word, string Kind)
{
    /// <summary>The first that applies, in the order of the view's verdict bar.</summary>
    public static JobVerdict Of(JobRow job) => job switch
    {
        { Refused: > 0 } => new("✗", "refused", "refused"),
        { Chain: ChainState.Broken } => new("!", "broken", "warning"),
        { State: JobState.Lost } or { State: JobState.Ended, Segments: 0 } => new("!", "lost", "warning"),
        { Findings: > 0 } => new("!", "finding", "warning"),
        { Complete: 0 } => new("!", "incomplete", "warning"),
        { WouldRefuse: > 0 } => new("?", "observed", "observed"),
        { NewDestinations: > 0 } => new("+", "new", "warning"),
        { Recorded: not null } => new("✓", "allowed", "allowed"),
        { State: JobState.Running } => new("●", "running", "pending"),
        _ => new("…", "waiting", "pending"),
    };
}
