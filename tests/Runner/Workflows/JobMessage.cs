using System.Text.Json.Nodes;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;
using YamlDotNet.RepresentationModel;

namespace Sallyport.Runner.Workflows;

/// <summary>
/// The service's job message, as the worker logs it. The stand-in's worker takes its work from <see cref="JobRequest"/>,
/// which is made from the same nodes; this is for those who read the log.
/// </summary>
internal sealed class JobMessage(RunnerOptions options, JobRequest request, YamlMap file, YamlMap job)
{
    public JsonObject Build()
    {
        JsonObject message = new()
        {
            ["environmentVariables"] = new JsonArray(
                [.. new[] { file["env"], job["env"] }.OfType<YamlNode>().Select(TemplateToken.Of)]),
            ["fileTable"] = new JsonArray(options.WorkflowPath),
            ["steps"] = new JsonArray([.. job.Maps("steps").Zip(request.Steps, Step)]),
            ["variables"] = Variables(),
            ["messageType"] = "PipelineAgentJobRequest",
            ["plan"] = new JsonObject { ["planId"] = Guid.NewGuid().ToString(), ["planType"] = "free",
                ["version"] = 12 },
            ["timeline"] = new JsonObject { ["id"] = request.TimelineId.ToString(), ["changeId"] = 1,
                ["location"] = null },
            ["jobId"] = request.JobId.ToString(),
            ["jobDisplayName"] = request.DisplayName,
            ["jobName"] = request.JobName,
        };
        if (job["container"] is { } container)
        {
            message["jobContainer"] = TemplateToken.Of(container);
        }

        if (job["services"] is { } services)
        {
            message["jobServiceContainers"] = TemplateToken.Of(services);
        }

        message["requestId"] = 1;
        message["lockedUntil"] = "0001-01-01T00:00:00";
        message["contextData"] = new JsonObject
        {
            ["github"] = ContextData(request.Github),
            ["inputs"] = ContextData(request.Inputs),
            ["vars"] = ContextData(request.Vars),
            ["secrets"] = null,
            ["needs"] = new JsonObject { ["t"] = 2 },
            ["strategy"] = ContextData(request.Strategy),
            ["matrix"] = request.Matrix.Count == 0 ? null : ContextData(request.Matrix),
        };
        message["workspace"] = new JsonObject();
        return message;
    }

    private static JsonObject Step(YamlMap node, StepRequest step)
    {
        JsonObject result = step.Waits is { } waits
            ? new()
            {
                ["type"] = "backgroundStepControl",
                ["backgroundStepControl"] = new JsonObject
                {
                    ["controlType"] = waits.Count == 0 ? "wait-all" : "wait",
                    ["stepIds"] = new JsonArray([.. waits.Select(id => JsonValue.Create(id))]),
                },
            }
            : new() { ["type"] = "action", ["reference"] = Reference(step.Uses) };
        if (node["name"] is { } name)
        {
            result["displayNameToken"] = TemplateToken.Of(name);
        }

        result["contextName"] = step.ContextName;
        if (node["env"] is { } env)
        {
            result["environment"] = TemplateToken.Of(env);
        }

        if (step.Run is not null)
        {
            result["inputs"] = TemplateToken.Inputs(
                ("script", node["run"]), ("shell", node["shell"]), ("workingDirectory", node["working-directory"]));
        }
        else if (node["with"] is { } with)
        {
            result["inputs"] = TemplateToken.Of(with);
        }

        result["condition"] = step.Condition;
        if (node["continue-on-error"] is { } continues)
        {
            result["continueOnError"] = TemplateToken.Of(continues);
        }

        if (step.Background)
        {
            result["background"] = true;
        }

        result["id"] = step.Id.ToString();
        result["name"] = step.ContextName;
        return result;
    }

    private static JsonObject Reference(string? uses)
    {
        if (uses is null)
        {
            return new JsonObject { ["type"] = "script" };
        }

        if (uses.StartsWith("docker://", StringComparison.Ordinal))
        {
            return new JsonObject { ["type"] = "containerRegistry", ["image"] = uses["docker://".Length..] };
        }

        if (uses.StartsWith("./", StringComparison.Ordinal))
        {
            return new JsonObject { ["type"] = "repository", ["repositoryType"] = "self", ["path"] = uses };
        }

        ActionReference action = ActionReference.Parse(uses);
        return new JsonObject
        {
            ["type"] = "repository",
            ["name"] = action.Repository,
            ["ref"] = action.Ref,
            ["repositoryType"] = "GitHub",
            ["path"] = action.Path,
        };
    }

    private JsonObject Variables() => new(new[]
    {
        ("system.github.job", request.JobName),
        ("system.workflowFileFullPath", $"{options.Repository}/{options.WorkflowPath}"),
        ("system.workflowFilePath", options.WorkflowPath),
        ("system.phaseDisplayName", request.JobName),
        ("system.runnerGroupName", "Default"),
    }.Select(pair => KeyValuePair.Create(pair.Item1, (JsonNode?)new JsonObject { ["value"] = pair.Item2 })));

    /// <summary>The service's spelling of a context: t 2 with d for an object, t 1 with a for a list.</summary>
    private static JsonNode? ContextData(JsonNode? node) => node switch
    {
        JsonObject { Count: 0 } => new JsonObject { ["t"] = 2 },
        JsonObject map => new JsonObject
        {
            ["t"] = 2,
            ["d"] = new JsonArray([.. map.Select(pair =>
                new JsonObject { ["k"] = pair.Key, ["v"] = ContextData(pair.Value) })]),
        },
        JsonArray list => new JsonObject { ["t"] = 1, ["a"] = new JsonArray([.. list.Select(ContextData)]) },
        _ => node?.DeepClone(),
    };
}
