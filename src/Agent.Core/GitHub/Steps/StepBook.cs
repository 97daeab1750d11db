using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Identities;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>
/// Joins executions, which the kernel sees, to the steps that the worker's log shows. An execution is confirmed when the
/// step that its first environment says is open in the log at the line <c>Process started with process id N</c> of its
/// pid. Each alone can be forged, the environment by a process that was not started by the worker but looks so, the log by
/// whoever can write to it; both together name one step or none. No clock is compared, and there is no "current step":
/// steps may run side by side. Kernel and log may come in any order. What the runner does for itself says no step: the log alone confirms
/// that, and only before a step has begun. Never throws; bounded by its parts.
/// Not safe for use by several threads at once.
/// </summary>
/// <param name="events">Takes what goes into the recording.</param>
/// <param name="assignments">Takes what the kernel is to know.</param>
public sealed class StepBook(IEventSink<RecordedEvent> events, IEventSink<StepAssignment> assignments)
{
    private readonly ExecutionTable executions = new();
    private readonly LogBook log = new(events);
    private GitHubDocument job = JobFacts.None;
    private GitHubDocument? told;
    private bool hasSteps;

    /// <summary>Executions and steps that found no place: those executions stay unconfirmed.</summary>
    public long Overflow => executions.Overflow + log.Overflow;

    /// <summary>
    /// Starts in the log that no execution belongs to: events that were lost, or lines that the worker did not write.
    /// Final once <see cref="Completed"/> was called.
    /// </summary>
    public long UnmatchedStarts => executions.Unmatched + executions.Waiting;

    /// <summary>The worker forked.</summary>
    /// <param name="execution">The kernel's number.</param>
    /// <param name="process">Of its first process.</param>
    /// <param name="pid">As the worker's log names it.</param>
    /// <param name="bootNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="isLeft">
    /// It was not the worker: the process was left behind by a step before protection, and a step's by its environment alone. It is
    /// never confirmed, also when its pid was one of the worker's before.
    /// </param>
    public void ExecutionForked(uint execution, ulong process, int pid, long bootNs, bool isLeft = false)
    {
        if (executions.Add(execution, process, pid, bootNs, isLeft) is { } entry)
        {
            entry.IsBeforeSteps = !hasSteps;
            Assign(entry, bootNs);
        }
    }

    /// <summary>The environment of an execution's first program; later ones are not listened to.</summary>
    /// <param name="execution">The kernel's number.</param>
    /// <param name="block">As <see cref="EnvironmentReader"/> takes it.</param>
    /// <param name="truncated">True when there was more.</param>
    /// <param name="bootNs">CLOCK_BOOTTIME, nanoseconds.</param>
    public void ExecutionEnvironment(uint execution, ReadOnlySpan<byte> block, bool truncated, long bootNs)
    {
        if (executions.Find(execution) is not { Environment: null } entry)
        {
            return;
        }

        entry.Environment = EnvironmentReader.Read(block, truncated);
        if (entry.Environment.SaysStep && entry.Environment.Execution.Action is not null)
        {
            hasSteps = true;
            job = job.With(entry.Environment.Job);
            Tell(bootNs);
        }

        executions.Rematch(entry);
        Assign(entry, bootNs);
    }

    /// <summary>A line of the worker's log was read.</summary>
    public void Log(WorkerEntry entry, long bootNs)
    {
        ArgumentNullException.ThrowIfNull(entry);
        switch (entry)
        {
            case JobMessageEntry e when log.Plan is null:
                log.Begin(e.Job, bootNs);
                job = job.Completed(e.Job.GitHub);
                Tell(bootNs);
                AssignAll(bootNs);
                return;
            case ProcessStartedEntry e:
                Started(e.Pid, bootNs);
                return;
            case JobResultEntry e:
                job = job with { Result = Result(e.Result) };
                Tell(bootNs);
                return;
            default:
                break;
        }

        foreach (var named in log.Take(entry, bootNs))
        {
            if (named.Execution is { } execution)
            {
                Assign(execution, bootNs);
            }
        }
    }

    /// <summary>The worker has gone: ends what is open, and names the steps that its log did not show.</summary>
    public void Completed(long bootNs)
    {
        log.EndAll(bootNs);
        foreach (var entry in executions.All)
        {
            if (entry.Last is { Step: { } step } last && !log.IsAnnounced(step))
            {
                log.Announce(step, last.Identity.Name ?? step, last.Identity.Action, entry.ForkedBootNs);
            }
        }
    }

    private void Started(int pid, long bootNs)
    {
        var start = new LogStart(pid, log.Open);
        if (start.Open is [var only])
        {
            only.Inner.Add(start);
        }

        if (executions.Start(start) is { } entry)
        {
            Assign(entry, bootNs);
        }
    }

    private void AssignAll(long bootNs)
    {
        foreach (var entry in executions.All)
        {
            Assign(entry, bootNs);
        }
    }

    private void Assign(ExecutionEntry entry, long bootNs)
    {
        var next = Judge(entry);
        if (next == entry.Last && entry.Start?.Inner == entry.LastInner)
        {
            return;
        }

        entry.Last = next;
        entry.LastInner = entry.Start?.Inner;
        assignments.Accept(next);
        events.Accept(new ExecutionAssigned(
            next.Step,
            entry.Process == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"p{entry.Process}"),
            entry.Pid,
            entry.LastInner,
            entry.Environment?.Execution.ActionPath,
            next.Confirmed,
            next.Reason.Word(),
            entry.Environment?.Execution.IdTokenHost)
        { BootTimeNs = bootNs, Execution = entry.Number });
    }

    private StepAssignment Judge(ExecutionEntry entry)
    {
        var action = entry.Environment is { SaysStep: true } said ? said.Execution.Action : null;
        return entry.Environment switch
        {
            null => ByLog(entry, AssignmentReason.AwaitingEnvironment),
            { SaysStep: false, Truncated: true, Execution.Action: null } => ByLog(entry, AssignmentReason.EnvironmentTruncated),
            { SaysStep: false } => ByLog(entry, AssignmentReason.IdentityConflict),
            _ when action is not null => ByIdentity(entry, entry.Environment, action),
            _ when entry.Start is null => ByLog(entry, AssignmentReason.AwaitingLog),
            _ when entry.Start.Open.Length != 1 => ByLog(entry, AssignmentReason.Ambiguous),
            _ when !entry.Start.Open[0].Certain => ByLog(entry, AssignmentReason.LogUncertain),
            _ => ByLog(entry, AssignmentReason.Log),
        };
    }

    private StepAssignment ByIdentity(ExecutionEntry entry, EnvironmentReading said, string action)
    {
        if (log.Plan is not { } plan)
        {
            return new StepAssignment(
                entry.Number, action, new StepIdentity(action, null, ActionOf(said)), false, AssignmentReason.NoJobMessage);
        }

        if (plan.Find(action) is not { } planned)
        {
            return new StepAssignment(
                entry.Number, null, new StepIdentity(action, null, null), false, AssignmentReason.UnknownStep);
        }

        var steps = entry.Start?.Open ?? log.Open;
        var step = steps.FirstOrDefault(s => s.Find(action) is not null);
        var reason = entry.Start is null ? AssignmentReason.AwaitingLog
            : step is null ? AssignmentReason.Contradiction
            : !step.Certain ? AssignmentReason.LogUncertain : AssignmentReason.IdentityAndLog;
        var identity = new StepIdentity(action, plan.NameOf(planned), planned.Action);
        return new StepAssignment(
            entry.Number, step?.Id ?? action, identity, reason == AssignmentReason.IdentityAndLog, reason);
    }

    private StepAssignment ByLog(ExecutionEntry entry, AssignmentReason reason)
    {
        var steps = entry.Start?.Open ?? log.Open;
        var step = steps.Length == 1 ? steps[0] : null;
        var planned = step?.Planned;
        // What the runner does itself has no policy of a step's, whatever it is called.
        var identity = planned is null
            ? new StepIdentity(null, null, null)
            : new StepIdentity(planned.ContextName, log.Plan?.NameOf(planned), planned.Action);
        var isRunners = reason == AssignmentReason.Log && planned is null && entry.IsBeforeSteps;
        return new StepAssignment(entry.Number, step?.Id, identity, isRunners, reason);
    }

    // Inside a composite action it is that of the inner step.
    private static string? ActionOf(EnvironmentReading said) => said.Execution switch
    {
        { ActionPath: null, ActionRepository: { } repository, ActionRef: { } at } => $"{repository}@{at}",
        _ => null,
    };

    private void Tell(long bootNs)
    {
        if (job != told)
        {
            told = job;
            events.Accept(new JobIdentified(job) { BootTimeNs = bootNs });
        }
    }

    private static string? Result(string result) => result.ToUpperInvariant() switch
    {
        "SUCCEEDED" or "SUCCEEDEDWITHISSUES" => "success",
        "FAILED" => "failure",
        "CANCELED" or "CANCELLED" => "cancelled",
        "SKIPPED" => "skipped",
        _ => null,
    };
}
