using System.Globalization;
using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// Runs the records of a job one after another, and says in the worker's log what the runner says there.
/// </summary>
internal sealed class StepsRunner(JobContext job)
{
    private const string Source = "StepsRunner";

    private readonly List<StepResult> _results = [];
    private readonly BackgroundSteps _background = new(job.Log);

    public IReadOnlyList<StepResult> Results => _results;

    /// <summary>"success() &amp;&amp; (x)" of the message is "(success() &amp;&amp; x)" in the log.</summary>
    public static string AsEvaluated(string condition)
    {
        const string Implied = "success() && (";
        return condition.StartsWith(Implied, StringComparison.Ordinal)
            ? $"(success() && {condition[Implied.Length..^1]})"
            : condition;
    }

    public async Task RunAsync(JobStep record)
    {
        OpenStep open = OpenStep.Of(job, record);
        job.Log.Write(Source, $"Processing step: DisplayName='{open.Name}'");
        job.Log.Write(Source, $"Evaluating: {AsEvaluated(record.Condition)}");
        bool runs = Template.Decide(record.Condition, open.Step.Expressions());
        job.Log.Write(Source, $"Result: {(runs ? "true" : "false")}");
        if (runs && record.IsBackground)
        {
            _background.Start(record.ContextName!, () => RunInBackgroundAsync(open));
            return;
        }

        using (open)
        {
            if (!runs)
            {
                job.Log.Write(Source, "Skipping step due to condition evaluation.");
                End(record, open.Name, open.Step, "skipped", "skipped", null, null);
                return;
            }

            job.Log.Write(Source, "Starting the step.");
            StepEnding ending = await PerformAsync(open);
            job.Log.Write(Source, $"Step result: {ending.Logged}");
            Publish(ending.Telemetry, record, ending.Conclusion, open.Step, ending.Started, ending.Finished);
            End(record, open.Name, open.Step, ending.Outcome, ending.Conclusion, ending.Started, ending.Finished);
        }
    }

    /// <summary>A step that waits for others, and fails when one of them has.</summary>
    public JobStep Waiting(StepRequest request, IReadOnlyList<string> ids) => new()
    {
        Id = request.Id,
        Name = ActionRunner.NameOf(request),
        Condition = request.Condition,
        Stage = "Main",
        ContextName = request.ContextName,
        Body = async step =>
        {
            if (!await WaitAsync(ids))
            {
                step.FailQuietly();
            }

            return new Telemetry { Action = "wait", Type = "runner" };
        },
    };

    /// <summary>Before the posts: what nobody has waited for.</summary>
    public async Task EndBackgroundAsync() => job.Failed |= !await WaitAsync([]);

    /// <returns>False when one has failed.</returns>
    private async Task<bool> WaitAsync(IReadOnlyList<string> ids)
    {
        bool isGood = true;
        foreach ((OpenStep open, StepEnding ending) in await _background.WaitAsync(ids))
        {
            lock (job.Changing)
            {
                open.Step.Deferred!.ForEach(change => change());
            }

            Conclude(open.Record, open.Name, open.Step, ending.Outcome, ending.Conclusion, ending.Started, ending.Finished);
            isGood &= ending.Conclusion != "failure";
        }

        return isGood;
    }

    private async Task<(OpenStep Open, StepEnding Ending)> RunInBackgroundAsync(OpenStep open)
    {
        using (open)
        {
            StepEnding ending = await PerformAsync(open);
            Publish(ending.Telemetry, open.Record, ending.Conclusion, open.Step, ending.Started, ending.Finished);
            _background.Completed(open.Record.ContextName!, ending.Conclusion);
            return (open, ending);
        }
    }

    private async Task<StepEnding> PerformAsync(OpenStep open)
    {
        (JobStep record, StepRun step) = (open.Record, open.Step);
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        Telemetry telemetry = await BodyAsync(record, open.Name, step, open.Timeout);
        DateTimeOffset finished = TimeProvider.System.GetUtcNow();
        bool cancelled = step.Failed && open.Timeout.IsCancellationRequested && job.Cancelled.IsCancellationRequested;
        string outcome = cancelled ? "cancelled" : step.Failed ? "failure" : "success";
        string conclusion = outcome;
        string logged = outcome switch { "failure" => "Failed", "cancelled" => "Canceled", _ => "" };
        if (outcome == "failure" && record.ContinueOnError is { } text && step.Expand(text) == "true")
        {
            job.Log.Write("ExecutionContext", "Updated step result (continue on error)");
            conclusion = "success";
            logged = "Succeeded";
        }

        return new StepEnding(telemetry, outcome, conclusion, logged, started, finished);
    }

    /// <summary>A record of the job itself, which is not announced: Set up job, Complete job.</summary>
    public async Task RunOwnAsync(string name, string stage, string action, Func<StepRun, Task> body)
    {
        JobStep record = new()
        {
            Name = name,
            Condition = "always()",
            Stage = stage,
            Body = async run =>
            {
                await body(run);
                return new Telemetry { Action = action, Type = "runner" };
            },
        };
        using StepLog log = new(job, record.Id);
        StepRun step = new(job, new StepScope { Steps = job.Steps, Inputs = job.Request.Inputs }, log)
        {
            RecordId = record.Id,
            Stage = stage,
            Action = "",
            State = [],
        };
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        Telemetry telemetry = await BodyAsync(record, name, step, null);
        DateTimeOffset finished = TimeProvider.System.GetUtcNow();
        string outcome = step.Failed ? "failure" : "success";
        Publish(telemetry, record, outcome, step, started, finished);
        Keep(record, name, step, outcome, outcome, started, finished);
        job.Failed |= step.Failed;
    }

    private async Task<Telemetry> BodyAsync(JobStep record, string name, StepRun step, CancellationTokenSource? timeout)
    {
        int minutes = int.Parse(
            record.TimeoutMinutes is { } text ? step.Expand(text) : "0", CultureInfo.InvariantCulture);
        if (minutes > 0)
        {
            timeout?.CancelAfter(TimeSpan.FromMinutes(minutes));
        }

        Telemetry telemetry = new() { Action = "", Type = "" };
        try
        {
            telemetry = await record.Body(step);
        }
        catch (RunnerException e)
        {
            step.Fail(e.Message);
        }
        catch (OperationCanceledException)
        {
            step.Fail("The operation was canceled.");
        }

        if (timeout is { IsCancellationRequested: true } && !job.Cancelled.IsCancellationRequested)
        {
            step.Fail($"The action '{name}' has timed out after {minutes} minutes.");
        }
        else if (timeout is { IsCancellationRequested: true } && !step.Failed)
        {
            step.Fail("The operation was canceled.");
        }

        return telemetry;
    }

    private void Publish(
        Telemetry telemetry, JobStep record, string conclusion, StepRun step, DateTimeOffset started,
        DateTimeOffset finished) =>
        (telemetry with
        {
            Stage = record.Stage,
            StepId = record.Id.ToString(),
            StepContextName = record.ContextName,
            Result = conclusion switch { "success" => "succeeded", "failure" => "failed", _ => "canceled" },
            ErrorMessages = step.Messages,
            ExecutionTimeInSeconds = (long)Math.Ceiling((finished - started).TotalSeconds),
            StartTime = Telemetry.Time(started),
            FinishTime = Telemetry.Time(finished),
        }).Publish(job.Log);

    private void End(
        JobStep record, string name, StepRun step, string outcome, string conclusion, DateTimeOffset? started,
        DateTimeOffset? finished)
    {
        if (conclusion == "failure")
        {
            job.Failed = true;
            job.Log.Write(Source, "Update job result with current step result 'Failed'.");
        }
        else
        {
            string result = conclusion switch { "success" => "Succeeded", "skipped" => "Skipped", _ => "Canceled" };
            job.Log.Write(Source, $"No need for updating job result with current step result '{result}'.");
        }

        job.Log.Write(Source, $"Current state: job state = '{(job.Failed ? "Failed" : "")}'");
        Conclude(record, name, step, outcome, conclusion, started, finished);
    }

    private void Conclude(
        JobStep record, string name, StepRun step, string outcome, string conclusion, DateTimeOffset? started,
        DateTimeOffset? finished)
    {
        if (record.ContextName is { } context)
        {
            lock (job.Changing)
            {
                job.Steps[context] = new JsonObject
                {
                    ["outputs"] = step.Outputs.DeepClone(),
                    ["outcome"] = outcome,
                    ["conclusion"] = conclusion,
                };
            }
        }

        Keep(record, name, step, outcome, conclusion, started, finished);
    }

    private void Keep(
        JobStep record, string name, StepRun step, string outcome, string conclusion, DateTimeOffset? started,
        DateTimeOffset? finished) => _results.Add(new StepResult
        {
            Id = record.Id,
            Number = _results.Count + 1,
            Name = name,
            ContextName = record.ContextName,
            Stage = record.Stage,
            Outcome = outcome,
            Conclusion = conclusion,
            Started = started,
            Finished = finished,
            Annotations = [.. step.Annotations],
            Summary = string.Concat(step.Summaries),
            Outputs = (JsonObject)step.Outputs.DeepClone(),
            Log = started is null ? null : step.Log.Path,
        });
}
