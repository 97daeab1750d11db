using System.Collections.Immutable;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>Follows the log: which steps are open. Bounded by <see cref="MostSteps"/>; past it steps are counted.</summary>
internal sealed class LogBook(IEventSink<RecordedEvent> events)
{
    /// <summary>Main steps with their pre and post, and the runner's own.</summary>
    public const int MostSteps = 4096;

    private readonly List<LogStep> open = [];
    private readonly HashSet<string> announced = new(StringComparer.Ordinal);
    private LogStep? latest;
    private int ignored;
    private bool finalizing;
    private bool uncertain;
    private int number;

    public JobPlan? Plan { get; private set; }

    public ImmutableArray<LogStep> Open => [.. open];

    public long Overflow { get; private set; }

    public bool IsAnnounced(string step) => announced.Contains(step);

    public void Begin(JobMessage job, long bootNs)
    {
        Overflow += job.Overflow;
        Plan = new JobPlan(job.Steps);
        Show(new LogStep("runner:set-up-job", RunnerSteps.SetUp, ++number, "job"), bootNs);
    }

    /// <summary>A line that changes what is open. Returns inner starts whose name became known.</summary>
    public LogStart[] Take(WorkerEntry entry, long bootNs)
    {
        switch (entry)
        {
            case StepsCountedEntry e: Plan?.Count(e.Count); break;
            case StepBegunEntry { Embedded: true }: Single?.Inner.Clear(); break;
            case StepBegunEntry e: Begun(e, bootNs); break;
            case StepSkippedEntry { Embedded: false } when latest is not null && open.Contains(latest):
                End(latest, "skipped", null, bootNs);
                break;
            case StepResultEntry { Embedded: false } e when latest is { } step && open.Contains(step): Result(step, e.Result); break;
            case FailureIgnoredEntry when Single is { } step: step.FailureIgnored = true; break;
            case FailureIgnoredEntry: ignored++; break;
            case StepTelemetryEntry { Embedded: true } e: return Inner(e);
            case StepTelemetryEntry e: Ended(e, bootNs); break;
            case JobFinalizingEntry when !finalizing:
                finalizing = true;
                EndAll(bootNs);
                Show(new LogStep("runner:complete-job", RunnerSteps.Complete, ++number, "job"), bootNs);
                break;
            case JobCompletedEntry: EndAll(bootNs); break;
            case LogUncertainEntry: uncertain = true; break;
            default: break;
        }

        return [];
    }

    /// <summary>Writes a step that the log did not show.</summary>
    public void Announce(string step, string name, string? action, long bootNs)
    {
        if (announced.Count < MostSteps && announced.Add(step))
        {
            events.Accept(new StepStarted(step, name, ++number, null, action) { BootTimeNs = bootNs });
        }
    }

    public void EndAll(long bootNs)
    {
        foreach (var step in open.ToArray())
        {
            End(step, step.Result is { } result ? Conclusion(result) : null, null, bootNs);
        }
    }

    // With steps side by side, a line without a name cannot be given to one of them. Two can: "Step result" is written by the loop that takes one
    // step after another and leaves those in the background alone, so it is the latest one's; "continue on error" comes right before what
    // ends its step, a result that is written out (an own success has none), or the telemetry of one in the background.
    private LogStep? Single => open.Count == 1 ? open[0] : null;

    private void Result(LogStep step, string result)
    {
        step.Result = result;
        Ignore(step, isSuccess: result.Length > 0 && Conclusion(result) == "success");
    }

    private void Ignore(LogStep step, bool isSuccess)
    {
        if (isSuccess && ignored > 0 && !step.FailureIgnored)
        {
            step.FailureIgnored = true;
            ignored--;
        }
    }

    private void Begun(StepBegunEntry e, long bootNs)
    {
        // A step whose telemetry is missing, and the set-up that never has more lines.
        foreach (var ended in open.Where(step => step.Result is not null || step.Id == "runner:set-up-job").ToArray())
        {
            End(ended, ended.Result is { } result ? Conclusion(result) : null, null, bootNs);
        }

        Show(Plan?.Place(e.DisplayName, ++number) ?? RunnerSteps.Make(e.DisplayName, ++number), bootNs);
    }

    private void Show(LogStep step, long bootNs)
    {
        if (announced.Count >= MostSteps)
        {
            Overflow++;
            return;
        }

        open.Add(step);
        latest = step;
        announced.Add(step.Id);
        events.Accept(new StepStarted(
            step.Id, step.Name, step.Number, step.Stage, step.Planned?.Action,
            step.Stage == "job" ? "runner" : step.Planned?.Kind)
        { BootTimeNs = bootNs });
    }

    private void Ended(StepTelemetryEntry e, long bootNs)
    {
        var planned = e.ContextName is { } context ? Plan?.Find(context) : null;
        if (planned is not null)
        {
            Plan!.Reach(planned);
            Resynchronize(planned, bootNs);
        }

        var step = planned is not null
            ? open.Find(s => s.Stage == "main" && s.Planned == planned)
            : e.Action switch
            {
                "setup_job" => open.Find(s => s.Id == "runner:set-up-job"),
                "complete_job" => open.Find(s => s.Id == "runner:complete-job"),
                _ => Other(e),
            };
        if (step is not null)
        {
            // One that has written its result has its line by then.
            Ignore(step, isSuccess: step.Result is null && e.HasErrors && Conclusion(e.Result) == "success");
            End(step, Conclusion(e.Result ?? step.Result), e, bootNs);
        }
    }

    private LogStep? Other(StepTelemetryEntry e)
    {
        var others = open.FindAll(s => s.Stage == "job" || string.Equals(s.Stage, e.Stage, StringComparison.OrdinalIgnoreCase));
        return others.Count <= 1
            ? others.FirstOrDefault()
            : others.Find(s => e.Action is not null
                && s.Planned?.Action?.StartsWith(e.Action, StringComparison.OrdinalIgnoreCase) == true);
    }

    // Lines were withheld: a step that is open and stands before this one has ended in them.
    private void Resynchronize(PlannedStep planned, long bootNs)
    {
        if (!uncertain)
        {
            return;
        }

        uncertain = false;
        foreach (var step in open.Where(s => s.Planned != planned).ToArray())
        {
            End(step, null, null, bootNs);
        }

        if (!announced.Contains(planned.ContextName))
        {
            Show(
                new LogStep(planned.ContextName, Plan?.NameOf(planned) ?? planned.ContextName, ++number, "main")
                { Candidates = [planned], Certain = false },
                bootNs);
        }
    }

    private LogStart[] Inner(StepTelemetryEntry e)
    {
        if (e.Type == "composite" || e.ContextName is null || Single is not { } outer)
        {
            return [];
        }

        var named = outer.Inner.ToArray();
        outer.Inner.Clear();
        Array.ForEach(named, start => start.Inner = e.ContextName);
        return named;
    }

    private void End(LogStep step, string? conclusion, StepTelemetryEntry? e, long bootNs)
    {
        open.Remove(step);
        events.Accept(new StepEnded(step.Id, conclusion, e?.Type, e?.Started, e?.Finished, step.FailureIgnored)
        {
            BootTimeNs = bootNs,
        });
    }

    // The worker writes nothing for a success, and Canceled with one l.
    private static string? Conclusion(string? result) => result?.ToUpperInvariant() switch
    {
        "" or "SUCCEEDED" or "SUCCEEDEDWITHISSUES" => "success",
        "FAILED" => "failure",
        "CANCELED" or "CANCELLED" or "ABANDONED" => "cancelled",
        "SKIPPED" => "skipped",
        _ => null,
    };
}
