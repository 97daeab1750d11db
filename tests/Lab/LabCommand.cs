using System.Collections.Immutable;

namespace Sallyport.Lab;

/// <summary>A command of a job, and the policy that it runs under when the agent is on.</summary>
public sealed record LabCommand
{
    /// <summary>Program and arguments. A name without slash is an attack program first, then one of the system.
    /// </summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Values of <c>--allow</c>.</summary>
    public ImmutableArray<string> Allow { get; init; } = ["allowed.test"];

    /// <summary>More options of <c>sallyport run</c>.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Text of a policy file, or null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>User of the command (by setpriv, inside the job); null is root.</summary>
    public int? UserId { get; init; }

    /// <summary>A program of the laboratory that starts first and becomes the agent (an inherited socket).</summary>
    public ImmutableArray<string> Before { get; init; } = [];

    /// <summary>What the world does meanwhile, given the running process.</summary>
    public Func<Processes.LabProcess, Task>? Meanwhile { get; init; }

    /// <summary>After this the laboratory's processes are killed and the run fails.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(90);
}
