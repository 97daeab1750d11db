using System.Text.Json.Nodes;

namespace Sallyport.Runner.Messages;

/// <summary>What the worker is told about its job.</summary>
internal sealed record JobRequest
{
    public Guid JobId { get; init; } = Guid.NewGuid();

    public Guid TimelineId { get; init; } = Guid.NewGuid();

    /// <summary>The key below <c>jobs:</c>; GITHUB_JOB.</summary>
    public required string JobName { get; init; }

    public required string DisplayName { get; init; }

    public required IReadOnlyList<StepRequest> Steps { get; init; }

    /// <summary>Workflow's and then job's <c>env:</c>.</summary>
    public required IReadOnlyList<Dictionary<string, string>> Env { get; init; }

    public string? DefaultShell { get; init; }

    public string? DefaultWorkingDirectory { get; init; }

    public ContainerRequest? Container { get; init; }

    public Dictionary<string, ContainerRequest> Services { get; init; } = [];

    public Dictionary<string, string> Outputs { get; init; } = [];

    public int TimeoutMinutes { get; init; } = 360;

    public required JsonObject Github { get; init; }

    public JsonObject Inputs { get; init; } = [];

    public JsonObject Matrix { get; init; } = [];

    public JsonObject Needs { get; init; } = [];

    public JsonObject Secrets { get; init; } = [];

    public JsonObject Strategy { get; init; } = [];

    public JsonObject Vars { get; init; } = [];

    /// <summary><c>owner/repo@ref</c> to the archive that stands for its download.</summary>
    public required Dictionary<string, string> Archives { get; init; }

    /// <summary>Copied into the workspace before the first step; null: the job begins with an empty one.</summary>
    public string? WorkspaceSource { get; init; }

    public double SleepScale { get; init; } = 1;

    public required string RunnerName { get; init; }

    public string? RunnerEnvironment { get; init; }
}
