namespace Sallyport.Agent.Service;

/// <summary>
/// Who goes when memory runs out. A step is marked by the runner to go first (RUNNER.md section 1), and what it starts inherits that:
/// an agent on demand would go before what it watches.
/// </summary>
internal static class OutOfMemory
{
    private const string Score = "/proc/self/oom_score_adj";

    /// <summary>
    /// As in the unit of the service (OOMScoreAdjust); where that takes a capability that root lacks here, as everybody who is not marked
    /// (proc_pid_oom_score_adj(5)).
    /// </summary>
    private static readonly string[] Wanted = ["-900", "0"];

    /// <summary>Never (OOM_SCORE_ADJ_MIN).</summary>
    private static readonly string[] Last = ["-1000", .. Wanted];

    /// <summary>This process and what it starts goes no sooner than others. Gives why it does, or null.</summary>
    internal static string? GoLate() => Take(Wanted);

    /// <summary>The same for who holds a job's verdicts and needs next to nothing: it goes never, where that can be had.</summary>
    internal static void GoNever() => _ = Take(Last);

    private static string? Take(string[] wanted)
    {
        string? reason = null;
        foreach (var score in wanted)
        {
            try
            {
                File.WriteAllText(Score, score);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reason = $"goes early when memory runs out: {e.Message}";
            }
        }

        return reason;
    }
}
