using System.Collections.Immutable;
using Sallyport.Agent.Control;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Agent.Core.GitHub.Steps;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Policy.Compiling;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Joins executions to steps while the job runs: what the kernel tells and what the worker's log says go into the
/// <see cref="StepBook"/>, what it concludes goes into the kernel's table, and a process that was held for it goes on. On
/// the draining thread alone.
/// </summary>
internal sealed class StepWatch : IExecutionObserver, IEventSink<StepAssignment>, IEventSink<WorkerEntry>, IDrainGuest, IDisposable
{
    /// <summary>A process is held no longer than this; past it it goes on under the policy of unknown steps.</summary>
    private const long PatienceNs = 2_000_000_000;

    /// <summary>Names of steps before protection that are kept, and characters of each: they stand in the job's state, which is bounded.</summary>
    private const int MostBegun = 128;

    private const int MostNameChars = 120;

    /// <summary>Readings of 1 MiB of the log that the end of a job waits for: more than its steps can have written since the last.</summary>
    private const int MostLogReads = 256;

    private readonly Gate gate;
    private readonly IEventSink<RecordedEvent> events;
    private readonly WorkerLogTail tail;
    private readonly WorkerLogReader reader = new();
    private readonly StepBook book;
    private readonly Dictionary<uint, StepAssignment> assignments = [];
    private readonly Dictionary<uint, int> pids = [];
    private readonly Dictionary<uint, (int Pid, long SinceNs)> held = [];
    private readonly Dictionary<uint, (byte[] Block, bool IsWhole, long BootNs)> early = [];
    private readonly HashSet<uint> left = [];
    private CompiledPolicy policy;
    private PolicySelector selector;
    private readonly List<string> begun = [];
    private bool isCaughtUp;
    private int written;
    private long nowNs;

    /// <param name="gate">In force.</param>
    /// <param name="policy">In force.</param>
    /// <param name="worker">Of the job.</param>
    /// <param name="events">Takes what goes into the recording.</param>
    internal StepWatch(Gate gate, CompiledPolicy policy, RunnerWorker worker, IEventSink<RecordedEvent> events)
    {
        this.gate = gate;
        this.events = events;
        this.policy = policy;
        selector = new PolicySelector(policy);
        written = policy.Policies.Length;
        tail = new WorkerLogTail(worker.Process);
        book = new StepBook(events, this);
    }

    /// <summary>The worker's log is being read.</summary>
    internal bool SeesLog => tail.IsOpen;

    /// <inheritdoc/>
    public bool IsHurried => held.Count > 0;

    /// <summary>An execution that was opened for what a step had left behind before protection. Said before the draining thread begins.</summary>
    internal void Left(uint execution) => left.Add(execution);

    /// <inheritdoc/>
    public void Opened(uint execution, ulong process, int pid, long bootTimeNs)
    {
        if (pids.Count < WireLimits.MaxExecutions)
        {
            pids[execution] = pid;
        }

        if (held.TryGetValue(execution, out var waiting))
        {
            held[execution] = (pid, waiting.SinceNs);
        }

        gate.Judge.Opened(execution, process);
        book.ExecutionForked(execution, process, pid, bootTimeNs, left.Contains(execution));
        if (early.Remove(execution, out var environment))
        {
            book.ExecutionEnvironment(execution, environment.Block, !environment.IsWhole, environment.BootNs);
        }
    }

    /// <inheritdoc/>
    public void Began(uint execution, ReadOnlySpan<byte> environment, bool isWhole, bool isHeld, long bootTimeNs)
    {
        var isKnown = pids.TryGetValue(execution, out var pid);
        if (isHeld)
        {
            held[execution] = (pid, bootTimeNs);
        }

        if (isKnown)
        {
            book.ExecutionEnvironment(execution, environment, !isWhole, bootTimeNs);
        }
        else if (early.Count < EarlyCapacity)
        {
            early[execution] = (environment.ToArray(), isWhole, bootTimeNs);
        }
    }

    /// <summary>Environments whose fork has not been read yet: the other ring is emptied right after, so they are few.</summary>
    private const int EarlyCapacity = 256;

    /// <summary>What the book concludes, perhaps again.</summary>
    public void Accept(StepAssignment value)
    {
        if (assignments.Count < WireLimits.MaxExecutions || assignments.ContainsKey(value.Execution))
        {
            assignments[value.Execution] = value;
        }

        Enforce(value);
        // By the log alone nothing more is to come.
        if ((value.Confirmed || value.Reason == AssignmentReason.Log) && held.Remove(value.Execution, out var waiting))
        {
            LetGo(waiting.Pid);
        }
    }

    /// <summary>Reads what the log has by now; gives the display names of the steps that it had then, the first time. Null when there is no log.</summary>
    internal ImmutableArray<string>? CatchUp(long nowNs)
    {
        for (var i = 0; i < MostLogReads && ReadLog(nowNs); i++)
        {
        }

        return tail.IsOpen ? [.. begun] : null;
    }

    /// <summary>What the worker's log says.</summary>
    public void Accept(WorkerEntry value)
    {
        if (value is StepBegunEntry { Embedded: false } step && !isCaughtUp && begun.Count < MostBegun)
        {
            begun.Add(step.DisplayName.Length > MostNameChars ? step.DisplayName[..(MostNameChars - 1)] + "…" : step.DisplayName);
        }

        book.Log(value, nowNs);
    }

    /// <inheritdoc/>
    public void Tend(long nowNs)
    {
        _ = ReadLog(nowNs);
        if (held.Count > 0)
        {
            foreach (var (execution, (pid, sinceNs)) in held.Where(one => nowNs - one.Value.SinceNs > PatienceNs).ToList())
            {
                if (pid != 0)
                {
                    _ = held.Remove(execution);
                    LetGo(pid);
                }
            }
        }
    }

    /// <summary><c>owner/repo@ref</c> of the action whose execution this is; null when it is another step's, or not certain.</summary>
    internal string? ConfirmedActionOf(uint execution) =>
        assignments.TryGetValue(execution, out var assignment) && assignment.Confirmed ? assignment.Identity.Action : null;

    /// <summary>Another policy is in force: every execution gets its own of it.</summary>
    internal void Replace(CompiledPolicy next)
    {
        policy = next;
        selector = new PolicySelector(next);
        written = next.Policies.Length;
        foreach (var assignment in assignments.Values)
        {
            Enforce(assignment);
        }
    }

    /// <summary>The worker has ended: nothing more will be said, and nobody waits any longer.</summary>
    public void Complete(long nowNs)
    {
        Tend(nowNs);
        _ = CatchUp(nowNs);
        foreach (var (pid, _) in held.Values)
        {
            LetGo(pid);
        }

        held.Clear();
        book.Completed(nowNs);
        Lost("execution-table", book.Overflow);
        Lost("worker-log", reader.Overlong + reader.Malformed + (tail.IsOpen && reader.HasJob && !tail.MayHaveGoneOn ? 0 : 1));
    }

    /// <summary>Reads what the log has; true when there may be more.</summary>
    private bool ReadLog(long nowNs)
    {
        this.nowNs = nowNs;
        var hasMore = tail.Read(
            nowNs,
            bytes =>
            {
                // Not before it was written: what ended before the end of its step was written is not left running by it.
                this.nowNs = BootClock.NowNs();
                reader.Accept(bytes.Span, this);
            },
            () => reader.NextFile(this));
        isCaughtUp |= tail.IsOpen && !hasMore;
        return hasMore;
    }

    private void Lost(string what, long count)
    {
        if (count > 0)
        {
            events.Accept(new EventsLost(what, count) { BootTimeNs = nowNs });
        }
    }

    public void Dispose()
    {
        foreach (var (pid, _) in held.Values)
        {
            LetGo(pid);
        }

        tail.Dispose();
    }

    private void Enforce(StepAssignment assignment)
    {
        if (policy.UnknownStepIndex == 0)
        {
            return; // no step has a policy of its own
        }

        var entry = assignment.Confirmed ? selector.ForStep(assignment.Identity) : policy.Policies[policy.UnknownStepIndex];
        if (entry.Index >= written)
        {
            gate.AddPolicy(entry); // an intersection that was not needed before
            written = entry.Index + 1;
        }

        gate.AssignExecution(assignment.Execution, entry.Index);
    }

    private static void LetGo(int pid)
    {
        if (pid > 0)
        {
            _ = Interop.Libc.kill(pid, Native.SIGCONT);
        }
    }
}
