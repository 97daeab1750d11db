using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;

namespace Sallyport.Runner.Workflows;

/// <summary>
/// The jobs of a workflow file: one for each matrix combination, and those of the workflows it calls.
/// </summary>
internal sealed class WorkflowPlan(RunnerOptions options, IReadOnlyDictionary<string, string> archives)
{
    private const int MaxDepth = 4;

    private readonly List<PlannedJob> _jobs = [];
    private string _workflowName = "";

    public static IReadOnlyList<PlannedJob> Read(RunnerOptions options, IReadOnlyDictionary<string, string> archives)
    {
        WorkflowPlan plan = new(options, archives);
        YamlMap file = YamlMap.Load(options.Workflow);
        plan._workflowName = file.Text("name") ?? options.WorkflowPath;
        plan.Add(file, new CallScope("", "", [], options.SecretsObject(), [], 0));
        return plan._jobs;
    }

    private void Add(YamlMap file, CallScope call)
    {
        file.Only("workflow", "name", "run-name", "on", "env", "defaults", "jobs", "permissions", "concurrency");
        YamlMap jobs = file.Map("jobs") ?? throw file.Refuse("'jobs' is missing");
        foreach (string key in jobs.Keys)
        {
            YamlMap job = jobs.Map(key)!.Only("job", "name", "runs-on", "needs", "if", "env", "defaults", "steps",
                "container", "services", "strategy", "outputs", "timeout-minutes", "continue-on-error", "permissions",
                "environment", "concurrency", "uses", "with", "secrets");
            ImmutableArray<string> needs = [.. call.Needs, .. job.List("needs").Select(need => call.Prefix + need)];
            IReadOnlyList<JsonObject> combinations = MatrixReader.Combinations(job);
            for (int i = 0; i < combinations.Count; i++)
            {
                JsonObject strategy = new()
                {
                    ["fail-fast"] = true,
                    ["job-index"] = i,
                    ["job-total"] = combinations.Count,
                };
                AddOne(file, job, key, call, combinations[i], strategy, needs);
            }
        }
    }

    private void AddOne(YamlMap file, YamlMap job, string key, CallScope call, JsonObject matrix, JsonObject strategy,
        ImmutableArray<string> needs)
    {
        JsonObject github = GithubContext.For(options, _workflowName, key);
        ExpressionScope scope = new()
        {
            Contexts = new Dictionary<string, JsonNode?>
            {
                ["github"] = github,
                ["matrix"] = matrix,
                ["inputs"] = call.Inputs,
                ["vars"] = options.VariablesObject(),
                ["strategy"] = strategy,
                ["secrets"] = call.Secrets,
            },
        };
        string name = call.NamePrefix
            + (job.Text("name") is { } text ? Template.Expand(text, scope) : key + Values(matrix));
        if (job.Text("uses") is { } called)
        {
            Call(job, key, called, name, call, scope, needs);
            return;
        }

        JobRequest request = new()
        {
            JobName = key,
            DisplayName = name,
            Steps = StepReader.Read(job.Maps("steps")),
            Env = [file.Texts("env"), job.Texts("env")],
            DefaultShell = Default(job, "shell") ?? Default(file, "shell"),
            DefaultWorkingDirectory = Default(job, "working-directory") ?? Default(file, "working-directory"),
            Container = ContainerReader.Job(job),
            Services = ContainerReader.Services(job),
            Outputs = job.Texts("outputs"),
            TimeoutMinutes = int.Parse(job.Text("timeout-minutes") ?? "360", CultureInfo.InvariantCulture),
            Github = github,
            Inputs = call.Inputs,
            Matrix = matrix,
            Secrets = call.Secrets,
            Strategy = strategy,
            Vars = options.VariablesObject(),
            Archives = new Dictionary<string, string>(archives),
            WorkspaceSource = options.WorkspaceSource,
            SleepScale = options.SleepScale,
            RunnerName = options.RunnerName,
            RunnerEnvironment = options.RunnerEnvironment,
        };
        _jobs.Add(new PlannedJob
        {
            Path = call.Prefix + key,
            Needs = needs,
            Request = request,
            Condition = Template.Condition(job.Text("if")),
            Message = new JobMessage(options, request, file, job).Build(),
        });
    }

    private void Call(YamlMap job, string key, string called, string name, CallScope call, ExpressionScope scope,
        ImmutableArray<string> needs)
    {
        if (!called.StartsWith("./", StringComparison.Ordinal) || call.Depth == MaxDepth || job["if"] is not null)
        {
            throw job.Refuse(
                $"'uses: {called}': the stand-in calls ./.github/workflows/… only, {MaxDepth} deep, without 'if'");
        }

        YamlMap file = YamlMap.Load(Path.Combine(options.RepositoryFolder, called));
        JsonObject inputs = [];
        YamlMap? declared = file.Map("on")?.Map("workflow_call")?.Map("inputs");
        foreach (string input in declared?.Keys ?? [])
        {
            inputs[input] = declared!.Map(input)?["default"] is { } value ? YamlMap.ToJson(value) : "";
        }

        foreach ((string input, string value) in job.Texts("with"))
        {
            inputs[input] = Template.Expand(value, scope);
        }

        JsonObject secrets = [];
        bool inherit = job["secrets"] is YamlDotNet.RepresentationModel.YamlScalarNode { Value: "inherit" };
        foreach ((string secret, string value) in inherit ? [] : job.Texts("secrets"))
        {
            secrets[secret] = Template.Expand(value, scope);
        }

        Add(file, new CallScope($"{call.Prefix}{key}/", $"{name} / ", inputs, inherit ? call.Secrets : secrets, needs,
            call.Depth + 1));
    }

    private static string? Default(YamlMap map, string key) => map.Map("defaults")?.Map("run")?.Text(key);

    private static string Values(JsonObject matrix) =>
        matrix.Count == 0 ? "" : $" ({string.Join(", ", matrix.Select(pair => pair.Value?.ToString()))})";
}
