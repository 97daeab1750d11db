using Sallyport.Agent.Core.GitHub.Identities;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>What is known of an execution.</summary>
internal sealed class ExecutionEntry(uint number, ulong process, int pid, long forkedBootNs)
{
    public uint Number { get; } = number;

    public ulong Process { get; } = process;

    public int Pid { get; } = pid;

    public long ForkedBootNs { get; } = forkedBootNs;

    /// <summary>The worker has not started it itself: no start in the log is its own, whatever pid that names.</summary>
    public bool IsLeft { get; init; }

    /// <summary>No process of a step ran yet when it was forked: nothing of the job can have written the log by then.</summary>
    public bool IsBeforeSteps { get; set; }

    public EnvironmentReading? Environment { get; set; }

    public LogStart? Start { get; set; }

    public StepAssignment? Last { get; set; }

    public string? LastInner { get; set; }

    /// <summary>Whether a start in the log can be its own, as far as is known.</summary>
    public bool Fits(LogStart start) =>
        Environment is not { SaysStep: true, Execution.Action: { } action }
        || start.Open.Any(step => step.Find(action) is not null);
}
