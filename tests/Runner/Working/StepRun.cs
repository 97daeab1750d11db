using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// A step that is running. The inner steps of a composite have one each as well; they write to the outer one's log and
/// record.
/// </summary>
internal sealed class StepRun(JobContext job, StepScope scope, StepLog log)
{
    private const int MaxAnnotationsOfALevel = 10;
    private const int MaxMessageCharacters = 4096;

    public JobContext Job => job;

    public StepScope Scope => scope;

    public StepLog Log => log;

    /// <summary>Of the outer step for an inner one.</summary>
    public required Guid RecordId { get; init; }

    public required string Stage { get; init; }

    /// <summary>With the prefix of its scope; null for post records and the job's own.</summary>
    public string? ContextName { get; init; }

    /// <summary>Of an inner step: its name and those of the composites it is in, without the outermost one's.</summary>
    public string InnerName => InnerNameOf(ContextName!);

    /// <summary>GITHUB_ACTION: the outer step's for an inner one.</summary>
    public required string Action { get; init; }

    public required Dictionary<string, string> State { get; init; }

    /// <summary>The step's own <c>env:</c>, evaluated, over that of the composites it is in.</summary>
    public Dictionary<string, string> Env { get; } = new(scope.Environment);

    public JsonObject Outputs { get; } = [];

    public List<Annotation> Annotations { get; init; } = [];

    public List<string> Summaries { get; init; } = [];

    /// <summary>Of all composites in this step.</summary>
    public EmbeddedActions Embedded { get; init; } = new();

    /// <summary>Of a step in the background: what it changes for others, once it was waited for.</summary>
    public List<Action>? Deferred { get; init; }

    /// <summary>Why it failed or what it warned of, for the telemetry.</summary>
    public List<string> Messages { get; } = [];

    public bool Failed { get; private set; }

    public CancellationToken Cancelled { get; init; } = job.Cancelled;

    public static string InnerNameOf(string contextName) => contextName[(contextName.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>A step of a composite, which has its own outputs and state and the outer one's record.</summary>
    public StepRun Inner(StepScope inner, string contextName, Dictionary<string, string> state) => new(job, inner, log)
    {
        RecordId = RecordId,
        Stage = Stage,
        ContextName = contextName,
        Action = Action,
        State = state,
        Annotations = Annotations,
        Summaries = Summaries,
        Embedded = Embedded,
        Deferred = Deferred,
        Cancelled = Cancelled,
    };

    public void Fail(string message)
    {
        Failed = true;
        Annotate(new Annotation("error", message, null, null, null));
    }

    /// <summary>For a composite: the inner step has said why.</summary>
    public void FailQuietly() => Failed = true;

    public void Annotate(Annotation annotation)
    {
        string message = job.Masks.Apply(annotation.Message);
        message = message.Length > MaxMessageCharacters ? message[..MaxMessageCharacters] : message;
        if (Annotations.Count(other => other.Level == annotation.Level) < MaxAnnotationsOfALevel)
        {
            Annotations.Add(annotation with { Message = message });
        }

        if (annotation.Level == "error" || annotation.Level == "warning")
        {
            Messages.Add(message);
        }

        log.Write($"##[{annotation.Level}]{message}");
    }

    public void EvaluateEnv(IReadOnlyDictionary<string, string> templates)
    {
        foreach ((string name, string value) in templates)
        {
            Env[name] = Expand(value);
        }
    }

    public string Expand(string template)
    {
        lock (job.Changing)
        {
            return Template.Expand(template, Expressions());
        }
    }

    public ExpressionScope Expressions()
    {
        JobRequest request = job.Request;
        JsonObject github = (JsonObject)request.Github.DeepClone();
        github["action"] = Action;
        github["workspace"] = job.Workspace;
        github["event_path"] = $"{job.Root.Temp}/_github_workflow/event.json";
        if (scope.ActionPath is { } path)
        {
            github["action_path"] = path;
        }

        JsonObject env = [];
        foreach ((string name, string value) in job.Environment.Concat(Env))
        {
            env[name] = value;
        }

        return new ExpressionScope
        {
            Contexts = new Dictionary<string, JsonNode?>
            {
                ["github"] = github,
                ["env"] = env,
                ["matrix"] = request.Matrix,
                ["steps"] = scope.Steps,
                ["inputs"] = scope.Inputs,
                ["secrets"] = request.Secrets,
                ["vars"] = request.Vars,
                ["needs"] = request.Needs,
                ["strategy"] = request.Strategy,
                ["runner"] = RunnerFacts.Context(job),
                ["job"] = new JsonObject { ["status"] = job.Failed ? "failure" : "success" },
            },
            Failed = scope.IsEmbedded ? scope.Failed : job.Failed,
            Cancelled = job.Cancelled.IsCancellationRequested,
        };
    }
}
