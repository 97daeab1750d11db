using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>The body of a step: which handler, with which inputs; registers the post.</summary>
internal sealed class ActionRunner
{
    private readonly JobContext _job;
    private readonly CompositeHandler _composite;
    private readonly Dictionary<Guid, Dictionary<string, string>> _states = [];
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
        Body = step => RunAsync(request, step),
    };

    /// <summary>Its pre, when it is a remote JavaScript action that has one.</summary>
    public JobStep? Pre(StepRequest request)
    {
        if (!ActionStore.IsRemote(request.Uses))
        {
            return null;
        }

        LoadedAction action = _job.Actions.Load(request.Uses!);
        if (action.Manifest is not { Pre: { } script, Using: "node20" or "node24" })
        {
            return null;
        }

        _job.Log.Write("ActionManager", $"Add 'pre' execution for {request.Id}");
        return new JobStep
        {
            Name = $"Pre {NameOf(request)}",
            Condition = action.Manifest.PreIf,
            Stage = "Pre",
            Action = request.ContextName,
            Env = request.Env,
            State = StateOf(request),
            Body = async step =>
            {
                RegisterPost(request, action);
                await NodeHandler.RunAsync(action, script, Inputs(request, action.Manifest, step), step, Host);
                return Of(action);
            },
        };
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
        int posts = step.EmbeddedPosts.Count;
        ActionManifest manifest = action.Manifest;
        switch (manifest.Using)
        {
            case "composite":
                await RunCompositeAsync(request, action, inputs, step);
                return Of(action) with
                {
                    HasRunsStep = manifest.Steps.Any(inner => inner.Run is not null),
                    HasUsesStep = manifest.Steps.Any(inner => inner.Uses is not null),
                    HasPreStep = false,
                    HasPostStep = step.EmbeddedPosts.Count > posts,
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
        ActionManifest manifest = action.Manifest;
        WarnOfPre(action, step);
        if (manifest.Post is not null && step.Scope.IsEmbedded)
        {
            step.EmbeddedPosts.Add(new EmbeddedPost(
                action, inputs, request.Env, step.Scope, request.ContextName, step.State));
        }
        else if (manifest.Post is not null)
        {
            RegisterPost(request, action);
        }

        string main = manifest.Main ?? throw new RunnerException($"{action.Folder}: 'main' is missing.");
        await NodeHandler.RunAsync(action, main, inputs, step, Host);
    }

    private async Task RunCompositeAsync(
        StepRequest request, LoadedAction action, Dictionary<string, string> inputs, StepRun step)
    {
        // A composite has files of its own too, which nobody is told of.
        FileCommands files = new(step);
        try
        {
            await _composite.RunAsync(action, inputs, step);
        }
        finally
        {
            files.Process();
            if (!step.Scope.IsEmbedded && step.EmbeddedPosts.Count > 0)
            {
                Push(request, "always()", async post =>
                {
                    FileCommands own = new(post);
                    await _composite.RunPostsAsync(step.EmbeddedPosts, post, Host);
                    own.Process();
                    return Of(action);
                });
            }
        }
    }

    /// <summary>Once per step: in its pre, if that has run, else in its main.</summary>
    private void RegisterPost(StepRequest request, LoadedAction action)
    {
        if (action.Manifest.Post is not { } script)
        {
            return;
        }

        if (!_posts.Add(request.Id))
        {
            _job.Log.Write("ExecutionContext", $"'post' of 'Post {NameOf(request)}' already push to post step stack.");
            return;
        }

        Push(request, action.Manifest.PostIf, async step =>
        {
            WarnOfPre(action, step);
            await NodeHandler.RunAsync(action, script, Inputs(request, action.Manifest, step), step, Host);
            return Of(action);
        });
    }

    /// <summary>Said in main and post alike; not of the inner steps of a composite.</summary>
    private static void WarnOfPre(LoadedAction action, StepRun step)
    {
        if (action.Manifest.Pre is not null && !action.IsRemote && !step.Scope.IsEmbedded)
        {
            step.Annotate(new Annotation("warning",
                $"`pre` execution is not supported for local action from '{action.Name}'", null, null, null));
        }
    }

    private void Push(StepRequest request, string condition, Func<StepRun, Task<Telemetry>> body) =>
        _job.PostSteps.Push(new JobStep
        {
            Name = $"Post {NameOf(request)}",
            Condition = condition,
            Stage = "Post",
            Action = request.ContextName,
            Env = request.Env,
            State = StateOf(request),
            Body = body,
        });

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
