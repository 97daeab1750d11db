using System.Collections.Immutable;
using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>A step as the log shows it, one for each of pre, main and post.</summary>
internal sealed class LogStep(string id, string name, int number, string stage)
{
    public string Id { get; } = id;

    /// <summary>As people see it.</summary>
    public string Name { get; } = name;

    public int Number { get; } = number;

    /// <summary><c>pre</c>, <c>main</c>, <c>post</c> or <c>job</c>.</summary>
    public string Stage { get; } = stage;

    /// <summary>Steps of the job message that it may be; the likeliest first. Empty for what the runner does itself.</summary>
    public ImmutableArray<PlannedStep> Candidates { get; init; } = [];

    /// <summary>False when its name is not the one of the job message.</summary>
    public bool Certain { get; init; } = true;

    public bool FailureIgnored { get; set; }

    public string? Result { get; set; }

    /// <summary>Processes that the log named since the last inner step began.</summary>
    public List<LogStart> Inner { get; } = [];

    public PlannedStep? Planned => Candidates.IsDefaultOrEmpty ? null : Candidates[0];

    public PlannedStep? Find(string contextName) => Candidates.FirstOrDefault(step => step.ContextName == contextName);
}
