namespace Sallyport.Runner.Messages;

/// <summary>One step as the workflow or a composite action has it; strings are templates, not yet evaluated.</summary>
internal sealed record StepRequest
{
    /// <summary>The id of the step's record.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>
    /// Its <c>id</c>, or the name that the service makes: <c>__run</c>, <c>__run_2</c>, <c>__owner_repo</c> …
    /// </summary>
    public required string ContextName { get; init; }

    public string? Name { get; init; }

    public string? Run { get; init; }

    public string? Uses { get; init; }

    public required string Condition { get; init; }

    public Dictionary<string, string> With { get; init; } = [];

    public Dictionary<string, string> Env { get; init; } = [];

    public string? Shell { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? ContinueOnError { get; init; }

    public string? TimeoutMinutes { get; init; }

    /// <summary>The steps after it do not wait for its end.</summary>
    public bool Background { get; init; }

    /// <summary>For a step that only waits: ids of steps in the background, all of them when it is empty.</summary>
    public IReadOnlyList<string>? Waits { get; init; }
}
