using System.Collections.Immutable;

namespace Sallyport.Agent.Core.GitHub.Identities;

/// <summary>What an environment says.</summary>
/// <param name="Job">Of the job.</param>
/// <param name="Execution">Of the step.</param>
/// <param name="Conflicts">Names of variables that stand in it twice with different values, or whose value is too long.</param>
/// <param name="Truncated">True when a part of it is missing: what was not found may have been there.</param>
public sealed record EnvironmentReading(
    JobIdentity Job, ExecutionIdentity Execution, ImmutableArray<string> Conflicts, bool Truncated)
{
    /// <summary>True when it can be relied on to say the step, or that there is none.</summary>
    public bool SaysStep => !Conflicts.Contains("GITHUB_ACTION") && (Execution.Action is not null || !Truncated);
}
