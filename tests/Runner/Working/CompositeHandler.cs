using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// Composite actions: no process of their own; the inner steps, at any depth, are the worker's children, with the outer
/// step's GITHUB_ACTION.
/// </summary>
internal sealed class CompositeHandler(ActionRunner runner)
{
    private const string Source = "CompositeActionHandler";
    private const int MaxDepth = 9;

    public async Task RunAsync(LoadedAction action, IReadOnlyDictionary<string, string> inputs, StepRun step)
    {
        StepScope scope = ScopeOf(action, inputs, step);
        foreach (StepRequest request in action.Manifest.Steps)
        {
            await RunInnerAsync(request, request.Condition, step, scope, inner => runner.RunAsync(request, inner));
        }

        // Outputs are those of the inner steps, seen from inside.
        StepRun inside = step.Inner(scope, step.ContextName!, step.State);
        foreach ((string name, string template) in action.Manifest.Outputs)
        {
            step.Outputs[name] = inside.Expand(template);
        }

        if (scope.Failed)
        {
            step.FailQuietly();
        }
    }

    /// <summary>Before the job's mains: the pre of each part that has one.</summary>
    public async Task RunPresAsync(LoadedAction action, IReadOnlyDictionary<string, string> inputs, StepRun step)
    {
        StepScope scope = ScopeOf(action, inputs, step);
        foreach (StepRequest request in action.Manifest.Steps.Where(runner.HasPre))
        {
            LoadedAction part = step.Job.Actions.Load(request.Uses!);
            await RunInnerAsync(request, part.Manifest.PreIf, step, scope, inner => runner.RunPreAsync(request, part, inner));
        }

        if (scope.Failed)
        {
            step.FailQuietly();
        }
    }

    public static async Task RunPostsAsync(StepRun step, IStepHost host)
    {
        foreach (EmbeddedPost post in step.Embedded.Posts.Reverse())
        {
            StepRun inner = step.Inner(post.Scope, $"__{Guid.NewGuid()}.{post.Name}", post.State);
            inner.EvaluateEnv(post.Env);
            Announce(step, "always()", "true");
            await NodeHandler.RunAsync(post.Action, post.Action.Manifest.Post!, post.Inputs, inner, host);
            End(step, inner, new Telemetry { Action = post.Action.Name, Type = post.Action.Manifest.Using });
            if (inner.Failed)
            {
                step.FailQuietly();
            }
        }
    }

    /// <summary>Of no name where the step has none, as in its pre: the names of the inner ones begin all the same.</summary>
    private static StepScope ScopeOf(LoadedAction action, IReadOnlyDictionary<string, string> inputs, StepRun step)
    {
        StepScope scope = new()
        {
            Prefix = $"{step.ContextName ?? $"__{Guid.NewGuid()}"}.",
            Steps = [],
            Inputs = new JsonObject(inputs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ActionPath = action.Folder,
            Repository = action.Repository,
            Ref = action.Ref,
            Environment = step.Env,
        };
        return scope.Prefix.Count(c => c == '.') <= MaxDepth ? scope
            : throw new RunnerException($"Composite action depth exceeded max depth {MaxDepth}");
    }

    private static async Task RunInnerAsync(
        StepRequest request, string condition, StepRun step, StepScope scope, Func<StepRun, Task<Telemetry>> body)
    {
        string name = scope.Prefix + request.ContextName;
        StepRun inner = step.Inner(scope, name, step.Embedded.StateOf(StepRun.InnerNameOf(name)));
        inner.EvaluateEnv(request.Env);
        bool runs = Template.Decide(condition, inner.Expressions()) && !step.Cancelled.IsCancellationRequested;
        Announce(step, condition, runs ? "true" : "false");
        string outcome = "skipped", conclusion = "skipped";
        if (runs)
        {
            Telemetry telemetry;
            try
            {
                telemetry = await body(inner);
            }
            catch (RunnerException e)
            {
                inner.Fail(e.Message);
                telemetry = new Telemetry { Action = request.Uses ?? "run", Type = "" };
            }

            outcome = conclusion = inner.Failed ? "failure" : "success";
            if (inner.Failed && request.ContinueOnError is { } text && inner.Expand(text) == "true")
            {
                conclusion = "success";
            }

            End(step, inner, telemetry);
        }

        scope.Failed |= conclusion == "failure";
        scope.Steps[request.ContextName] = new JsonObject
        {
            ["outputs"] = inner.Outputs.DeepClone(),
            ["outcome"] = outcome,
            ["conclusion"] = conclusion,
        };
    }

    private static void Announce(StepRun step, string condition, string result)
    {
        WorkerLog log = step.Job.Log;
        // The runner does not evaluate the names of inner steps: it is always this word.
        log.Write(Source, "Processing embedded step: DisplayName='run'");
        log.Write(Source, "Initialize Env context for embedded step");
        log.Write(Source, $"Evaluating: {StepsRunner.AsEvaluated(condition)}");
        log.Write(Source, $"Result: {result}");
        log.Write(Source, result == "true" ? "Starting: run" : "Skipping step due to condition evaluation.");
    }

    private static void End(StepRun step, StepRun inner, Telemetry telemetry)
    {
        step.Job.Log.Write(Source, $"Step result: {(inner.Failed ? "Failed" : "")}");
        (telemetry with
        {
            Stage = step.Stage,
            StepId = step.RecordId.ToString(),
            StepContextName = inner.ContextName,
            IsEmbedded = true,
            ErrorMessages = inner.Messages,
        }).Publish(step.Job.Log);
    }
}
