using System.Collections.Immutable;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>A line <c>Process started with process id N</c> and the steps that were open then.</summary>
internal sealed class LogStart(int pid, ImmutableArray<LogStep> open)
{
    public int Pid { get; } = pid;

    public ImmutableArray<LogStep> Open { get; } = open;

    /// <summary>Context name of the inner step, once it has ended.</summary>
    public string? Inner { get; set; }

    public ExecutionEntry? Execution { get; set; }
}
