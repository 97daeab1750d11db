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
        StepScope scope = new()
        {
            Prefix = $"{step.ContextName}.",
            Steps = [],
            Inputs = new JsonObject(inputs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ActionPath = action.Folder,
            Repository = action.Repository,
            Ref = action.Ref,
            Environment = step.Env,
        };
        if (scope.Prefix.Count(c => c == '.') > MaxDepth)
        {
            throw new RunnerException($"Composite action depth exceeded max depth {MaxDepth}");
        }

        await step.Job.Actions.DownloadAsync(action.Manifest.Steps, step.Log.Write);
        foreach (StepRequest request in action.Manifest.Steps)
        {
            await RunInnerAsync(request, step, scope);
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

    public async Task RunPostsAsync(IEnumerable<EmbeddedPost> posts, StepRun step, IStepHost host)
    {
        foreach (EmbeddedPost post in posts.Reverse())
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

    private async Task RunInnerAsync(StepRequest request, StepRun step, StepScope scope)
    {
        StepRun inner = step.Inner(scope, scope.Prefix + request.ContextName, []);
        inner.EvaluateEnv(request.Env);
        bool runs = Template.Decide(request.Condition, inner.Expressions()) && !step.Cancelled.IsCancellationRequested;
        Announce(step, request.Condition, runs ? "true" : "false");
        string outcome = "skipped", conclusion = "skipped";
        if (runs)
        {
            Telemetry telemetry;
            try
            {
                telemetry = await runner.RunAsync(request, inner);
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
