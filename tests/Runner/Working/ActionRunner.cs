using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>The body of a step: which handler, with which inputs; registers the post.</summary>
internal sealed class ActionRunner
{
    private readonly JobContext _job;
    private readonly CompositeHandler _composite;
    private readonly Dictionary<Guid, Dictionary<string, string>> _states = [];
    private readonly Dictionary<Guid, EmbeddedActions> _embedded = [];
    private readonly HashSet<Guid> _posts = [];

    public ActionRunner(JobContext job)
    {
        _job = job;
        _composite = new CompositeHandler(this);
    }

    private IStepHost Host => _job.Containers?.Job as IStepHost ?? new MachineHost(_job);

    /// <summary>STATE_ of a top-level step's stages.</summary>
    public Dictionary<string, string> StateOf(StepRequest request) =>
        _states.TryGetValue(request.Id, out Dictionary<string, string>? state) ? state : _states[request.Id] = [];

    private EmbeddedActions EmbeddedOf(StepRequest request) =>
        _embedded.TryGetValue(request.Id, out EmbeddedActions? embedded) ? embedded : _embedded[request.Id] = new EmbeddedActions();

    public static string NameOf(StepRequest request) => request.Name
        ?? (request.Waits is not null ? "Wait" : null) ?? $"Run {(request.Uses ?? request.Run!.TrimStart().Split('\n')[0].Trim())}";

    /// <summary>The record of a top-level step.</summary>
    public JobStep Main(StepRequest request) => new()
    {
        Id = request.Id,
        Name = NameOf(request),
        Condition = request.Condition,
        Stage = "Main",
        ContextName = request.ContextName,
        Action = request.ContextName,
        Env = request.Env,
        ContinueOnError = request.ContinueOnError,
        TimeoutMinutes = request.TimeoutMinutes,
        IsBackground = request.Background,
        State = StateOf(request),
        Embedded = EmbeddedOf(request),
        Body = step => RunAsync(request, step),
    };

    /// <summary>Its pre, when it is a remote action that has one.</summary>
    public JobStep? Pre(StepRequest request)
    {
        if (!HasPre(request))
        {
            return null;
        }

        LoadedAction action = _job.Actions.Load(request.Uses!);
        _job.Log.Write("ActionManager", $"Add 'pre' execution for {request.Id}");
        return new JobStep
        {
            Name = $"Pre {NameOf(request)}",
            Condition = action.Manifest.PreIf,
            Stage = "Pre",
            Action = request.ContextName,
            Env = request.Env,
            ContinueOnError = request.ContinueOnError,
            TimeoutMinutes = request.TimeoutMinutes,
            State = StateOf(request),
            Embedded = EmbeddedOf(request),
            Body = step => RunPreAsync(request, action, step),
        };
    }

    /// <summary>A remote JavaScript action with a pre, or a remote composite with such a part.</summary>
    public bool HasPre(StepRequest request) => ActionStore.IsRemote(request.Uses) && HasPre(_job.Actions.Load(request.Uses!).Manifest);

    private bool HasPre(ActionManifest manifest) => manifest switch
    {
        { Using: "composite", Steps: var steps } => steps.Any(HasPre),
        { Using: "node20" or "node24" } => manifest.Pre is not null,
        _ => false,
    };

    public async Task<Telemetry> RunPreAsync(StepRequest request, LoadedAction action, StepRun step)
    {
        Dictionary<string, string> inputs = Inputs(request, action.Manifest, step);
        if (action.Manifest.Pre is { } script)
        {
            RegisterPost(request, action, inputs, step);
            await NodeHandler.RunAsync(action, script, inputs, step, Host);
        }
        else
        {
            await RunCompositeAsync(request, action, step, () => _composite.RunPresAsync(action, inputs, step));
        }

        return Of(action);
    }

    public async Task<Telemetry> RunAsync(StepRequest request, StepRun step)
    {
        if (request.Run is not null)
        {
            return await ScriptHandler.RunAsync(request, step, Host);
        }

        if (request.Uses!.StartsWith("docker://", StringComparison.Ordinal))
        {
            string image = request.Uses["docker://".Length..];
            LoadedAction registry = new("", "", "", image,
                new ActionManifest { Using = "docker", Image = request.Uses });
            await DockerHandler.RunAsync(registry, Inputs(request, registry.Manifest, step), step);
            return new Telemetry { Action = image, Type = "docker" };
        }

        LoadedAction action = _job.Actions.Load(request.Uses);
        Dictionary<string, string> inputs = Inputs(request, action.Manifest, step);
        ActionManifest manifest = action.Manifest;
        switch (manifest.Using)
        {
            case "composite":
                await _job.Actions.DownloadAsync(manifest.Steps, step.Log.Write);
                WarnOfPre(action, step);
                await RunCompositeAsync(request, action, step, () => _composite.RunAsync(action, inputs, step));
                return Of(action) with
                {
                    HasRunsStep = manifest.Steps.Any(inner => inner.Run is not null),
                    HasUsesStep = manifest.Steps.Any(inner => inner.Uses is not null),
                    HasPreStep = HasPre(manifest),
                    HasPostStep = step.Embedded.Posts.Any(
                        post => !step.Scope.IsEmbedded || post.Name.StartsWith($"{step.InnerName}.", StringComparison.Ordinal)),
                    StepCount = manifest.Steps.Count,
                };
            case "docker":
                await DockerHandler.RunAsync(action, inputs, step);
                return Of(action) with { HasPreStep = false, HasPostStep = false };
            default:
                await RunNodeAsync(request, action, inputs, step);
                return Of(action) with
                {
                    HasPreStep = manifest.Pre is not null,
                    HasPostStep = manifest.Post is not null,
                };
        }
    }

    private static Telemetry Of(LoadedAction action) => new()
    {
        Action = action.Name,
        Ref = action.IsRemote ? action.Ref : null,
        Type = action.Manifest.Using,
    };

    private async Task RunNodeAsync(
        StepRequest request, LoadedAction action, Dictionary<string, string> inputs, StepRun step)
    {
        WarnOfPre(action, step);
        RegisterPost(request, action, inputs, step);
        string main = action.Manifest.Main ?? throw new RunnerException($"{action.Folder}: 'main' is missing.");
        await NodeHandler.RunAsync(action, main, inputs, step, Host);
    }

    private async Task RunCompositeAsync(StepRequest request, LoadedAction action, StepRun step, Func<Task> parts)
    {
        // A composite has files of its own too, which nobody is told of.
        FileCommands files = new(step);
        try
        {
            await parts();
        }
        finally
        {
            files.Process();
            if (!step.Scope.IsEmbedded && step.Embedded.Posts.Count > 0)
            {
                Push(request, "always()", async post =>
                {
                    WarnOfPre(action, post);
                    FileCommands own = new(post);
                    await CompositeHandler.RunPostsAsync(post, Host);
                    own.Process();
                    return Of(action);
                });
            }
        }
    }

    private void RegisterPost(StepRequest request, LoadedAction action, Dictionary<string, string> inputs, StepRun step)
    {
        if (action.Manifest.Post is not { } script)
        {
            return;
        }

        if (step.Scope.IsEmbedded)
        {
            step.Embedded.Register(new EmbeddedPost(action, inputs, request.Env, step.Scope, step.InnerName, step.State));
            return;
        }

        Push(request, action.Manifest.PostIf, async post =>
        {
            WarnOfPre(action, post);
            await NodeHandler.RunAsync(action, script, Inputs(request, action.Manifest, post), post, Host);
            return Of(action);
        });
    }

    /// <summary>Said in main and post alike; not of the inner steps of a composite.</summary>
    private void WarnOfPre(LoadedAction action, StepRun step)
    {
        if (HasPre(action.Manifest) && !action.IsRemote && !step.Scope.IsEmbedded)
        {
            step.Annotate(new Annotation("warning",
                $"`pre` execution is not supported for local action from '{action.Name}'", null, null, null));
        }
    }

    /// <summary>Once per step: in its pre, if that has run, else in its main.</summary>
    private void Push(StepRequest request, string condition, Func<StepRun, Task<Telemetry>> body)
    {
        if (!_posts.Add(request.Id))
        {
            _job.Log.Write("ExecutionContext", $"'post' of 'Post {NameOf(request)}' already push to post step stack.");
            return;
        }

        _job.PostSteps.Push(new JobStep
        {
            Name = $"Post {NameOf(request)}",
            Condition = condition,
            Stage = "Post",
            Action = request.ContextName,
            Env = request.Env,
            ContinueOnError = request.ContinueOnError,
            TimeoutMinutes = request.TimeoutMinutes,
            State = StateOf(request),
            Embedded = EmbeddedOf(request),
            Body = body,
        });
    }

    private static Dictionary<string, string> Inputs(StepRequest request, ActionManifest manifest, StepRun step)
    {
        Dictionary<string, string> inputs = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in request.With)
        {
            inputs[name] = step.Expand(value);
        }

        foreach ((string name, string? value) in manifest.Inputs)
        {
            if (!inputs.ContainsKey(name) && value is not null)
            {
                inputs[name] = step.Expand(value);
            }
        }

        return inputs;
    }
}
