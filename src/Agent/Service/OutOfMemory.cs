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

    /// <summary>This process and what it starts goes no sooner than others. Gives why it does, or null.</summary>
    internal static string? GoLate()
    {
        string? reason = null;
        foreach (var score in Wanted)
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
