using Sallyport.Runner.Messages;
using Sallyport.Runner.Workflows;

namespace Sallyport.Runner.Working;

/// <summary>action.yml, or a Dockerfile that stands for one.</summary>
internal sealed record ActionManifest
{
    /// <summary><c>node20</c>, <c>node24</c>, <c>composite</c> or <c>docker</c>.</summary>
    public required string Using { get; init; }

    /// <summary>Name to default, a template; null without one.</summary>
    public Dictionary<string, string?> Inputs { get; init; } = [];

    /// <summary>Of a composite: name to template.</summary>
    public Dictionary<string, string> Outputs { get; init; } = [];

    public string? Pre { get; init; }

    public string PreIf { get; init; } = "always()";

    public string? Main { get; init; }

    public string? Post { get; init; }

    public string PostIf { get; init; } = "always()";

    public IReadOnlyList<StepRequest> Steps { get; init; } = [];

    public string? Image { get; init; }

    public string? Entrypoint { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public Dictionary<string, string> Env { get; init; } = [];

    public static ActionManifest Load(string folder)
    {
        string? file = ((string[])["action.yml", "action.yaml"]).Select(name => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        if (file is null)
        {
            return File.Exists(Path.Combine(folder, "Dockerfile"))
                ? new ActionManifest { Using = "docker", Image = "Dockerfile" }
                : throw new RunnerException($"Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '{folder}'. "
                    + "Did you forget to run actions/checkout before running your local action?");
        }

        YamlMap action = YamlMap.Load(file);
        YamlMap runs = action.Map("runs") ?? throw action.Refuse("'runs' is missing");
        YamlMap? inputs = action.Map("inputs"), outputs = action.Map("outputs");
        string kind = runs.Needed("using");
        return new ActionManifest
        {
            Using = kind switch
            {
                "node12" or "node16" => "node20",
                "node20" or "node24" or "composite" or "docker" => kind,
                _ => throw runs.Refuse($"'using: {kind}' is not known to the stand-in: node20, node24, composite, docker"),
            },
            Inputs = inputs?.Keys.ToDictionary(name => name, name => inputs.Map(name)?.Text("default")) ?? [],
            Outputs = kind == "composite"
                ? outputs?.Keys.ToDictionary(name => name, name => outputs.Map(name)!.Needed("value")) ?? [] : [],
            Pre = runs.Text("pre"),
            PreIf = Condition(runs.Text("pre-if")),
            Main = runs.Text("main"),
            Post = runs.Text("post"),
            PostIf = Condition(runs.Text("post-if")),
            Steps = kind == "composite" ? StepReader.Read(runs.Maps("steps")) : [],
            Image = runs.Text("image"),
            Entrypoint = runs.Text("entrypoint"),
            Arguments = runs.List("args"),
            Env = runs.Texts("env"),
        };
    }

    private static string Condition(string? text) => text is null ? "always()" : Expressions.Template.Condition(text);
}
