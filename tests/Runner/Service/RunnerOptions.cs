using System.Text.Json.Nodes;

namespace Sallyport.Runner.Service;

/// <summary>The command line of the tool.</summary>
internal sealed record RunnerOptions
{
    public required string Root { get; init; }

    /// <summary>The file, full path.</summary>
    public required string Workflow { get; init; }

    /// <summary>Only these jobs (and no others that they need); empty: all.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    public bool Parallel { get; init; }

    /// <summary><c>owner/repo@ref</c> to a folder.</summary>
    public Dictionary<string, string> Actions { get; init; } = [];

    /// <summary>Of <c>config.sh --work</c>; null for its default.</summary>
    public string? Work { get; init; }

    public string? WorkspaceSource { get; init; }

    public Dictionary<string, string> Secrets { get; init; } = [];

    public Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>What listener and worker have beside the caller's environment.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    public double SleepScale { get; init; } = 1;

    public string? ResultFile { get; init; }

    public string? User { get; init; }

    public string Repository { get; init; } = "local/e2e";

    public string EventName { get; init; } = "push";

    public string ServerUrl { get; init; } = "https://github.com";

    public string RunId { get; init; } = "1";

    /// <summary>From 2 on the run was started again.</summary>
    public string RunAttempt { get; init; } = "1";

    public string Sha { get; init; } = "0000000000000000000000000000000000000000";

    public string RunnerName { get; init; } = "stand-in";

    /// <summary>RUNNER_ENVIRONMENT, or null where the service does not say it.</summary>
    public string? RunnerEnvironment { get; init; }

    /// <summary>GITHUB_TOKEN: of the stand-in's own making, valid nowhere.</summary>
    public string Token { get; } = $"ghs_{Guid.NewGuid():n}";

    /// <summary>
    /// The workflow's path in its repository: below .github when the file is there, else as on GitHub.
    /// </summary>
    public string WorkflowPath => RepositoryFolder == Path.GetDirectoryName(Workflow)
        ? $".github/workflows/{Path.GetFileName(Workflow)}"
        : Path.GetRelativePath(RepositoryFolder, Workflow);

    /// <summary>The folder that has .github in it; the file's own when there is none above.</summary>
    public string RepositoryFolder
    {
        get
        {
            int at = Workflow.LastIndexOf("/.github/", StringComparison.Ordinal);
            return at < 0 ? Path.GetDirectoryName(Workflow)! : Workflow[..at];
        }
    }

    public JsonObject SecretsObject() => new(Secrets.Append(KeyValuePair.Create("GITHUB_TOKEN", Token))
        .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    public JsonObject VariablesObject() =>
        new(Variables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
