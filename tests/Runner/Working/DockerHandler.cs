using Sallyport.Runner.Expressions;

namespace Sallyport.Runner.Working;

/// <summary>
/// Docker actions: <c>docker://image</c> (pulled in a record of its own, "Pull image") and Dockerfiles, which are built
/// within their step. pre-entrypoint and post-entrypoint are not known.
/// </summary>
internal static class DockerHandler
{
    private static readonly string[] s_ofTheService =
        ["ACTIONS_RUNTIME_URL", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL"];

    public static JobStep Pull(JobContext job, string image) => new()
    {
        Name = $"Pull {image}",
        Condition = "success()",
        Stage = "Pre",
        Body = async step =>
        {
            await new DockerCli(job).PullAsync(step, image);
            return new Telemetry { Action = "pull_containers", Type = "runner" };
        },
    };

    public static async Task RunAsync(LoadedAction action, Dictionary<string, string> inputs, StepRun step)
    {
        JobContext job = step.Job;
        DockerCli docker = new(job);
        string image = await ImageAsync(docker, action, step);
        FileCommands files = new(step);
        Dictionary<string, string> inputVariables = [];
        StepEnvironment.AddForAction(step, inputVariables, inputs);
        inputVariables.Remove("ACTIONS_CACHE_SERVICE_V2");
        Dictionary<string, string> environment = inputVariables
            .Where(pair => !s_ofTheService.Contains(pair.Key)).ToDictionary();
        environment["HOME"] = "/github/home";
        foreach ((string name, string value) in StepEnvironment.For(step, files, action.Repository, action.Ref,
            path => Inside(job, path)))
        {
            environment[name] = value;
        }

        ExpressionScope scope = WithInputs(step, inputs);
        foreach ((string name, string value) in action.Manifest.Env)
        {
            environment[name] = Template.Expand(value, scope);
        }

        foreach (string name in s_ofTheService)
        {
            environment[name] = inputVariables[name];
        }

        // Of docker://, the workflow says entrypoint and args by `with:`; an action by its action.yml.
        string? entrypoint = inputs.GetValueOrDefault("entrypoint") ?? action.Manifest.Entrypoint;
        string arguments = inputs.GetValueOrDefault("args")
            ?? string.Join(' ', action.Manifest.Arguments
                .Select(text => DockerCli.Quote(Template.Expand(text, scope))));
        string network = job.Containers is { } containers ? $" --network {containers.Network}" : "";
        string names = string.Concat(environment.Keys.Select(name => $" -e {DockerCli.Quote(name)}"));
        string entry = entrypoint is null ? "" : $" --entrypoint {DockerCli.Quote(entrypoint)}";
        string command = $"run --name {DockerCli.NameOf(image)} --label {docker.Label} "
            + $"--workdir /github/workspace --rm{names} -e GITHUB_ACTIONS=true -e CI=true{entry}{network} "
            + "-v \"/var/run/docker.sock\":\"/var/run/docker.sock\" "
            + string.Concat(Mounts(job).Reverse().Select(mount => $"-v \"{mount.Machine}\":\"{mount.Inside}\" "))
            + $"{image} {arguments}";
        step.Log.Write($"##[command]{docker.Find()} {command}");
        OutputCommands output = new(step);
        int code = await job.Invoker.RunAsync(
            docker.Find(), command.TrimEnd(), job.Workspace, environment, output.Line, step.Cancelled);
        files.Process();
        if (code != 0)
        {
            step.Fail($"Docker run failed with exit code {code}");
        }
    }

    private static async Task<string> ImageAsync(DockerCli docker, LoadedAction action, StepRun step)
    {
        string image = action.Manifest.Image ?? throw new RunnerException($"{action.Folder}: 'image' is missing.");
        if (image.StartsWith("docker://", StringComparison.Ordinal))
        {
            return image["docker://".Length..];
        }

        // A remote action's image is built within its step as well; the runner has a record "Build …" for it.
        string tag = $"{docker.Label}:{Guid.NewGuid():n}";
        string file = DockerCli.Quote($"{action.Folder}/{image}");
        string context = DockerCli.Quote(Path.GetFullPath(action.Folder));
        await docker.DoAsync(step, $"build -t {tag} -f {file} {context}");
        return tag;
    }

    /// <summary>The most specific first.</summary>
    private static IEnumerable<(string Machine, string Inside)> Mounts(JobContext job) =>
    [
        (job.Workspace, "/github/workspace"),
        (job.Root.FileCommands, "/github/file_commands"),
        ($"{job.Root.Temp}/_github_workflow", "/github/workflow"),
        ($"{job.Root.Temp}/_github_home", "/github/home"),
        (job.Root.Temp, "/github/runner_temp"),
    ];

    private static string Inside(JobContext job, string path)
    {
        foreach ((string machine, string inside) in Mounts(job))
        {
            if (path == machine || path.StartsWith(machine + "/", StringComparison.Ordinal))
            {
                return inside + path[machine.Length..];
            }
        }

        return path;
    }

    private static ExpressionScope WithInputs(StepRun step, Dictionary<string, string> inputs)
    {
        ExpressionScope scope = step.Expressions();
        Dictionary<string, System.Text.Json.Nodes.JsonNode?> contexts = new(scope.Contexts)
        {
            ["inputs"] = new System.Text.Json.Nodes.JsonObject(inputs.Select(pair =>
                KeyValuePair.Create(pair.Key, (System.Text.Json.Nodes.JsonNode?)pair.Value))),
        };
        return scope with { Contexts = contexts };
    }
}
