namespace Sallyport.Runner.Working;

/// <summary>A record of the job that is still to run: a step, its pre or post, or one of the job's own.</summary>
internal sealed record JobStep
{
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>A template.</summary>
    public required string Name { get; init; }

    public required string Condition { get; init; }

    public required string Stage { get; init; }

    public string? ContextName { get; init; }

    /// <summary>GITHUB_ACTION; empty for the job's own records.</summary>
    public string Action { get; init; } = "";

    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    public string? ContinueOnError { get; init; }

    public string? TimeoutMinutes { get; init; }

    /// <summary>The records after it do not wait for its end.</summary>
    public bool IsBackground { get; init; }

    /// <summary>STATE_ of pre, main and post: one for the three.</summary>
    public Dictionary<string, string> State { get; init; } = [];

    /// <summary>What the parts of a composite keep: one for the three, too.</summary>
    public EmbeddedActions Embedded { get; init; } = new();

    /// <returns>What to say of it in the telemetry.</returns>
    public required Func<StepRun, Task<Telemetry>> Body { get; init; }
}
