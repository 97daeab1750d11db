using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Core.Sources;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent;

/// <summary>
/// The page to read first: the stages that one event passes, in order. The kernel has decided before the first of
/// them; they explain. One thread, the one of <see cref="Control.DrainLoop"/>, runs them all; after it has ended, the
/// main thread asks for the report.
/// </summary>
internal sealed class AgentPipeline(
    JobCorrelator correlator, RecordingSink recording, ReportBuilder report, LiveCounts live)
    : IRecordHandler, IContainerHandler, IFileHandler, IExecutableHandler, IEventSink<RecordedEvent>
{
    private readonly Detectors detectors = new();

    /// <summary>What findings do; another policy brings others.</summary>
    internal DetectionActions Actions
    {
        get => detectors.Actions;
        set => detectors.Actions = value;
    }

    /// <summary>Bytes of one record, from either ring → attributed events (who, which step, which name).</summary>
    public void Handle(RecordRing ring, ReadOnlySpan<byte> record) => correlator.Accept(ring, record, this);

    /// <summary>
    /// What a runtime says of a container → its line, completed. Asked by <see cref="ContainerInspector"/> on threads of
    /// its own when the container's record passed by; the answer waits in a queue that the drain loop empties.
    /// </summary>
    public void Describe(ContainerDescription container) => correlator.ContainerDescribed(
        container.Id, container.Name, container.Image, container.HostAccess, BootClock.NowNs(), this);

    /// <summary>
    /// What was done to a tracked file → its line. Seen by <see cref="FileWatch"/> on a thread of its own, which waits until the
    /// rings have told of the process.
    /// </summary>
    public void Describe(SourceChange change) => correlator.SourceChanged(change, this);

    /// <summary>What was done to files in the watched places → a line for each file and process.</summary>
    public void Describe(FileActivity activity) => correlator.FileChanged(activity, this);

    /// <summary>What a process set for the steps after its own, in a file of the runner's → its line.</summary>
    public void Describe(LaterSetting setting) => correlator.LaterSet(setting, this);

    /// <summary>What an executable holds → its line. Taken by <see cref="ExecutableHasher"/> on a thread of its own.</summary>
    public void Describe(ExecutableHash hash) =>
        correlator.ExecutableHashed(hash.Key, hash.Path, hash.Sha256, BootClock.NowNs(), this);

    /// <summary>What the thread that watches files did not see → a loss.</summary>
    public void Lose(string reason, long count) => Accept(new EventsLost(reason, count) { BootTimeNs = BootClock.NowNs() });

    /// <summary>Both rings were drained once: what waited for the other ring goes on.</summary>
    internal void Settle() => correlator.Settle(this);

    /// <summary>One attributed event → every later stage.</summary>
    public void Accept(RecordedEvent value)
    {
        recording.Write(value); // → recording.ndjson.zst
        report.Accept(value);   // → report.json and all that is made from it
        live.Accept(value);     // → status line
        detectors.Accept(value, this); // → findings, which pass the same stages
    }

    /// <summary>What the kernel's side has lost since the start, by enum sp_loss, and what detectors had no room for → events that say so.</summary>
    internal void HandleLosses(ReadOnlySpan<long> counts)
    {
        correlator.AcceptLosses(counts, BootClock.NowNs(), this);
        detectors.WriteLosses(BootClock.NowNs(), this);
    }

    /// <summary>The agent did not run for so long, and goes on → a finding.</summary>
    internal void HandlePause(TimeSpan pause) => Raise(ObservationPause.Finding(pause, BootClock.NowNs()));

    /// <summary>What the agent found out about itself → a finding, unless the policy switches its kind off.</summary>
    internal void Raise(FindingRaised finding)
    {
        if (!Actions.IsOff(finding.Finding))
        {
            Accept(finding);
        }
    }

    /// <summary>The job has ended and the rings are empty: all that waits goes on.</summary>
    internal void Flush() => correlator.Flush(this);

    /// <summary>The report so far, while the job goes on.</summary>
    internal ReportDocument Snapshot()
    {
        correlator.Flush(this);
        recording.SealNow();
        return report.Build(recording.Integrity, isRunning: true);
    }

    /// <summary>The last event, then the report. What the recording itself lost makes the report incomplete too.</summary>
    internal ReportDocument End(RecordingEnded ended)
    {
        detectors.Accept(ended, this); // what still waited is told
        detectors.WriteLosses(ended.BootTimeNs, this);
        foreach (var lost in recording.End(ended))
        {
            report.Accept(lost);
        }

        report.Accept(ended);
        return report.Build(recording.Integrity);
    }
}
