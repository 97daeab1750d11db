using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Folding;

namespace Sallyport.Reporting;

/// <summary>
/// Folds a recording's events, in their order, into a report. Pure: no clock, no I/O. Never throws on what events say;
/// bounded by <see cref="ReportLimits"/>. Not safe for concurrent use.
/// </summary>
public sealed class ReportBuilder
{
    /// <summary>Reason of the loss: the job had begun when it was protected. Counts its steps, at least one.</summary>
    internal const string BeforeProtection = "before-protection";

    private readonly LossTable losses = new();
    private readonly TextBudget texts;
    private readonly RuleTable rules;
    private readonly ProcessTable processes;
    private readonly ConnectionTable connections;
    private readonly NameTable names;
    private readonly FindingTable findings;
    private readonly FileTable files;
    private readonly StepTable steps;
    private readonly ContainerTable containers;
    private WallClock clock;
    private RecordingStarted? started;
    private RecordingEnded? ended;
    private ProtectionDocument? began;
    private GitHubDocument? github;

    /// <param name="limits">Bounds; the defaults when null.</param>
    public ReportBuilder(ReportLimits? limits = null)
    {
        limits ??= new ReportLimits();
        texts = new TextBudget(limits.TextBytes, losses);
        rules = new RuleTable(texts);
        processes = new ProcessTable(limits.Processes, losses, texts);
        connections = new ConnectionTable(limits.Connections, limits.OpenFlows, losses, texts, rules, processes);
        names = new NameTable(limits.Names, limits.AddressesPerName, losses, texts, rules, processes);
        findings = new FindingTable(limits.Findings, losses, texts, processes);
        files = new FileTable(limits.Files, losses, texts, processes);
        steps = new StepTable(limits.Steps, limits.Executions, losses, texts);
        containers = new ContainerTable(limits.Containers, losses, texts);
    }

    /// <summary>Memory of the texts that are kept, <see cref="ReportLimits.TextBytes"/> at most.</summary>
    public long TextBytes => texts.Bytes;

    /// <summary>Takes the next event.</summary>
    public void Accept(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        switch (recorded)
        {
            case ConnectionJudged e: connections.Judged(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case FlowNamed e: connections.Named(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case ConnectionClosed e: connections.Closed(e); break;
            case NameAsked e: names.Asked(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case NameResolved e: names.Resolved(e); break;
            case ProcessForked e: processes.Forked(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case ProcessExecuted e: processes.Executed(e); break;
            case ProcessExited e: processes.Exited(e); break;
            case ExecutableHashed e: processes.Hashed(e); break;
            case FileChanged e: files.Changed(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case FindingRaised e: findings.Raised(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case ContainerStarted e: containers.Started(e with { Step = steps.Key(e.Execution, e.Step) }); break;
            case StepStarted e: steps.Started(e); break;
            case StepEnded e: steps.Ended(e); break;
            case ExecutionAssigned e: steps.Assigned(e); break;
            case JobIdentified e: github = e.GitHub; break;
            case EventsLost e: losses.Add(e.Reason, e.Count); break;
            case RecordingStarted e when started is null: Start(e); break;
            case ProtectionBegan e when began is null: Begin(e); break;
            case PolicyChanged e: Change(e); break;
            case RecordingEnded e: ended = e; break;
            default: break; // A second start says nothing new; an event of a later version is not known here.
        }
    }

    /// <summary>The report so far. Later events may follow, and another report.</summary>
    /// <param name="integrity">State of the recording, when it was read back or written by the caller.</param>
    /// <param name="isRunning">The job has not ended: a missing end is no loss.</param>
    public ReportDocument Build(RecordingIntegrity? integrity = null, bool isRunning = false)
    {
        var lost = losses.Snapshot(Missing(integrity, isRunning));
        var complete = lost.IsEmpty;
        return new ReportDocument(
            ReportDocument.SchemaName,
            new ToolDocument("sallyport", started?.ToolVersion),
            new ModeDocument(started?.ModeAsked, started?.ModeInForce, started?.Degraded ?? []),
            complete,
            lost,
            integrity is null ? null : new RecordingDocument(
                integrity.Verdict, integrity.Seal, integrity.Frame, integrity.ByteOffset, integrity.Detail),
            new JobDocument(
                started?.Command ?? [], started?.WorkingDirectory, started?.User, started?.Kernel,
                started?.Architecture, github),
            new PolicyInForceDocument(started?.PolicySource, rules.Documents()),
            started is null ? null : clock.At(started.BootTimeNs),
            ended is null ? null : clock.At(ended.BootTimeNs),
            ended?.ExitCode,
            ended?.Signal,
            steps.Documents(clock, processes),
            connections.Documents(clock, steps),
            names.Documents(clock, steps),
            processes.Documents(clock, steps),
            files.Documents(clock, steps),
            [],
            findings.Documents(clock, steps),
            ImmutableSortedDictionary<string, PermissionDocument>.Empty,
            containers.Documents(clock, steps),
            CoverageOf(complete),
            began);
    }

    private void Change(PolicyChanged e)
    {
        started = started is null ? null : started with
        {
            ModeAsked = e.ModeAsked, ModeInForce = e.ModeInForce, PolicySource = e.PolicySource,
        };
        rules.Load(e.Rules);
    }

    private void Begin(ProtectionBegan e) => began = new ProtectionDocument(
        e.FromStart, e.UncoveredSeconds, e.StepsBefore.IsDefault ? [] : e.StepsBefore);

    private void Start(RecordingStarted e)
    {
        started = e;
        clock = new WallClock(e.WallTime, e.BootTimeNs);
        rules.Load(e.Rules);
    }

    private IEnumerable<KeyValuePair<string, long>> Missing(RecordingIntegrity? integrity, bool isRunning)
    {
        if (started is null)
        {
            yield return new("recording-start", 1);
        }

        if (began is { FromStart: false })
        {
            yield return new(BeforeProtection, Math.Max(1, began.StepsBefore.Length));
        }

        if (ended is null && !isRunning)
        {
            yield return new("recording-truncated", 1);
        }

        if (integrity?.Verdict is RecordingVerdict.Tampered)
        {
            yield return new("recording-tampered", 1);
        }

        if (integrity?.Verdict is RecordingVerdict.Unreadable)
        {
            yield return new("recording-unreadable", 1);
        }

        if (integrity?.MalformedLines > 0)
        {
            yield return new("recording-malformed", integrity.MalformedLines);
        }
    }

    private CoverageDocument CoverageOf(bool complete)
    {
        var seen = complete && started is { ModeInForce: not "degraded" } ? Coverage.Observed : Coverage.Partial;
        return new CoverageDocument(
            steps.IsEmpty ? Coverage.NotObserved : seen,
            seen,
            seen,
            seen,
            started?.Files switch { null => Coverage.NotObserved, "all" => seen, _ => Coverage.Partial },
            Coverage.NotObserved,
            seen);
    }
}
