using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>"Initialize containers" and "Stop containers": network, job container, service containers.</summary>
internal sealed class JobContainers
{
    private readonly JobContext _job;
    private readonly DockerCli _docker;
    private readonly string _network = $"github_network_{Guid.NewGuid():n}";
    private readonly List<string> _services = [];

    private JobContainers(JobContext job)
    {
        _job = job;
        _docker = new DockerCli(job);
    }

    /// <summary>Null when the job has only services.</summary>
    public JobContainer? Job { get; private set; }

    public string Network => _network;

    public static JobStep Initialize(JobContext job)
    {
        Guid id = Guid.NewGuid();
        return new JobStep
        {
            Id = id,
            Name = "Initialize containers",
            Condition = "success()",
            Stage = "Pre",
            ContextName = id.ToString("n"),
            Body = async step =>
            {
                JobContainers containers = job.Containers = new JobContainers(job);
                job.PostSteps.Push(containers.Stop());
                await containers.StartAsync(step);
                return new Telemetry { Action = "initialize_containers", Type = "runner" };
            },
        };
    }

    private async Task StartAsync(StepRun step)
    {
        await _docker.DoAsync(step, "version --format '{{.Server.APIVersion}}'");
        await _docker.DoAsync(step, "version --format '{{.Client.APIVersion}}'");
        await _docker.DoAsync(step, $"ps --all --quiet --no-trunc --filter \"label={_docker.Label}\"");
        await _docker.DoAsync(step, $"network prune --force --filter \"label={_docker.Label}\"");
        await _docker.DoAsync(step, $"network create --label {_docker.Label} {_network}");
        if (_job.Request.Container is { } container)
        {
            JobContainer started = new(_job, _docker);
            Job = started;
            await started.StartAsync(step, container, _network);
        }

        foreach ((string name, ContainerRequest service) in _job.Request.Services)
        {
            await StartAsync(step, name, service);
        }
    }

    private async Task StartAsync(StepRun step, string name, ContainerRequest service)
    {
        string image = step.Expand(service.Image);
        await _docker.PullAsync(step, image);
        string ports = string.Concat(service.Ports.Select(port => $" -p {step.Expand(port)}"));
        string volumes = string.Concat(service.Volumes.Select(volume => $" -v {DockerCli.Quote(step.Expand(volume))}"));
        string env = string.Concat(service.Env
            .Select(pair => $" -e {DockerCli.Quote($"{pair.Key}={step.Expand(pair.Value)}")}"));
        string options = service.Options.Length == 0 ? "" : $" {step.Expand(service.Options)}";
        string id = await _docker.DoAsync(step,
            $"create --name {Guid.NewGuid():n}_{DockerCli.NameOf(image)} --label {_docker.Label} --network {_network} "
            + $"--network-alias {name}{ports}{options}{env} -e GITHUB_ACTIONS=true -e CI=true{volumes} {image}");
        _services.Add(id);
        await _docker.DoAsync(step, $"start {id}");
        await _docker.DoAsync(step,
            $"ps --all --filter id={id} --filter status=running --no-trunc --format \"{{{{.ID}}}} {{{{.Status}}}}\"");
        await _docker.DoAsync(step, $"port {id}");
        // The runner waits while a health check says "starting"; the stand-in asks once.
        await _docker.DoAsync(step,
            $"inspect --format=\"{{{{if .Config.Healthcheck}}}}{{{{print .State.Health.Status}}}}{{{{end}}}}\" {id}");
    }

    private JobStep Stop() => new()
    {
        Name = "Stop containers",
        Condition = "always()",
        Stage = "Post",
        Body = async step =>
        {
            if (Job is { Id.Length: > 0 } container)
            {
                await _docker.TryAsync(step, $"rm --force {container.Id}");
            }

            foreach (string service in _services)
            {
                await _docker.TryAsync(step, $"logs --details {service}");
                await _docker.TryAsync(step, $"rm --force {service}");
            }

            await _docker.TryAsync(step, $"network rm {_network}");
            return new Telemetry { Action = "stop_containers", Type = "runner" };
        },
    };
}
