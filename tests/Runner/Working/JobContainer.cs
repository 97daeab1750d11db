using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>The container of a <c>container:</c> job: steps run in it by <c>docker exec</c>.</summary>
internal sealed class JobContainer(JobContext job, DockerCli docker) : IStepHost
{
    private string? _searchPath;

    public string Id { get; private set; } = "";

    public string DefaultShell => "sh";

    private (string Machine, string Inside)[] Mounts =>
    [
        ($"{job.Root.Temp}/_github_home", "/github/home"),
        ($"{job.Root.Temp}/_github_workflow", "/github/workflow"),
        (job.Root.Tools, "/__t"),
        (job.Root.Externals, "/__e"),
        (job.Root.Work, "/__w"),
    ];

    public async Task StartAsync(StepRun step, ContainerRequest request, string network)
    {
        string image = step.Expand(request.Image);
        await docker.PullAsync(step, image);
        string volumes = string.Concat(request.Volumes.Select(volume => $" -v {DockerCli.Quote(step.Expand(volume))}"));
        string ports = string.Concat(request.Ports.Select(port => $" -p {step.Expand(port)}"));
        string env = string.Concat(request.Env
            .Select(pair => $" -e {DockerCli.Quote($"{pair.Key}={step.Expand(pair.Value)}")}"));
        Id = await docker.DoAsync(step,
            $"create --name {Guid.NewGuid():n}_{DockerCli.NameOf(image)} --label {docker.Label} "
            + $"--workdir {Path(job.Workspace)} "
            + $"--network {network}{ports} {step.Expand(request.Options)}{env} "
            + "-e \"HOME=/github/home\" -e GITHUB_ACTIONS=true -e CI=true "
            + "-v \"/var/run/docker.sock\":\"/var/run/docker.sock\" "
            + $"-v \"{job.Root.Work}\":\"/__w\" -v \"{job.Root.Externals}\":\"/__e\":ro "
            + $"-v \"{job.Root.Temp}\":\"/__w/_temp\" "
            + $"-v \"{job.Root.Actions}\":\"/__w/_actions\" -v \"{job.Root.Tools}\":\"/__t\" "
            + $"-v \"{job.Root.Temp}/_github_home\":\"/github/home\" "
            + $"-v \"{job.Root.Temp}/_github_workflow\":\"/github/workflow\"{volumes} "
            + $"--entrypoint \"tail\" {image} \"-f\" \"/dev/null\"");
        await docker.DoAsync(step, $"start {Id}");
        await docker.DoAsync(step,
            $"ps --all --filter id={Id} --filter status=running --no-trunc --format \"{{{{.ID}}}} {{{{.Status}}}}\"");
        string variables = await docker.DoAsync(
            step, $"inspect --format \"{{{{range .Config.Env}}}}{{{{println .}}}}{{{{end}}}}\" {Id}");
        _searchPath = variables.Split('\n')
            .FirstOrDefault(line => line.StartsWith("PATH=", StringComparison.Ordinal))?[5..];
    }

    public string Path(string path)
    {
        foreach ((string machine, string inside) in Mounts)
        {
            if (path == machine || path.StartsWith(machine + "/", StringComparison.Ordinal))
            {
                return inside + path[machine.Length..];
            }
        }

        return path;
    }

    public string Find(string program) => program;

    public string Node(string version) => $"/__e/{version}/bin/node";

    public Task<int> RunAsync(
        StepRun step, string program, string arguments, string folder, Dictionary<string, string> environment,
        Action<string> line)
    {
        string names = string.Concat(environment.Keys.Select(name => $" -e {DockerCli.Quote(name)}"));
        string path = job.Paths.Count == 0 ? ""
            : $" -e {DockerCli.Quote($"PATH={string.Join(':', job.Paths)}:{_searchPath}")}";
        return job.Invoker.RunAsync(docker.Find(),
            $"exec -i --workdir {Path(folder)}{names}{path} {Id} {program} {arguments}", job.Root.Work, environment,
            line, step.Cancelled);
    }
}
