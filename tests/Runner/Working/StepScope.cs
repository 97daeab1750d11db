using System.Text.Json.Nodes;

namespace Sallyport.Runner.Working;

/// <summary>Where a step stands: in the job, or in a composite action in it, at any depth.</summary>
internal sealed class StepScope
{
    /// <summary>Of the context names: <c>compid.</c>; empty in the job.</summary>
    public string Prefix { get; init; } = "";

    public required JsonObject Steps { get; init; }

    public required JsonObject Inputs { get; init; }

    /// <summary>The folder of the composite action; null in the job.</summary>
    public string? ActionPath { get; init; }

    /// <summary>GITHUB_ACTION_REPOSITORY and _REF of the composite action.</summary>
    public string Repository { get; init; } = "";

    public string Ref { get; init; } = "";

    /// <summary><c>env:</c> of the steps that this composite is in.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A step of this composite has failed. The job has its own.</summary>
    public bool Failed { get; set; }

    public bool IsEmbedded => ActionPath is not null;
}
