namespace Sallyport.Agent.Control;

/// <summary>How the command ended.</summary>
/// <param name="ExitCode">As exit(2) was called, or null.</param>
/// <param name="Signal">That ended it, or null.</param>
internal readonly record struct WaitStatus(int? ExitCode, int? Signal)
{
    /// <summary>As a shell shows it: 128 and the signal's number.</summary>
    internal int ForShell => ExitCode ?? Agent.ExitCode.SignalBase + (Signal ?? 0);
}
