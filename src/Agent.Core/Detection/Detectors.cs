using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>All detectors of a job, in the order of this list.</summary>
public sealed class Detectors
{
    /// <summary>Reason of the <see cref="EventsLost"/> that counts what the detectors' tables had no room for.</summary>
    public const string LossReason = "detector-table";

    private readonly Lineage lineage = new();
    private readonly IDetector[] all;
    private readonly WantedFindings wanted = new();
    private long told;

    /// <summary>Begins with nothing known.</summary>
    public Detectors()
    {
        var steps = new StepExpectations(() => Actions.Expected);
        all =
        [
            new ManyNamesDetector(), new MachineChangeDetector(), new SourceTamperedDetector(), new MemoryReadDetector(), new KernelMemoryDetector(),
            new KernelProgramDetector(), new SocketShellDetector(), new CredentialSweepDetector(lineage), new CloudMetadataDetector(),
            new EncodedNamesDetector(), new UnnamedProgramDetector(), new DroppedProgramDetector(lineage), new SelfRemovalDetector(lineage),
            new AgentCoveredDetector(), new PrivilegedContainerDetector(), new RogueRunnerDetector(lineage), new LeftRunningDetector(lineage),
            new RootGainedDetector(), new AgentAttackDetector(), new NamespaceDetector(), new SudoChangedDetector(lineage), new ModuleLoadDetector(),
            new MiningDetector(), new PublishDetector(lineage, steps), new IdTokenDetector(steps), steps, new EnvironmentDetector(lineage),
        ];
    }

    /// <summary>What each kind of finding does; of those that are off nothing is told.</summary>
    public DetectionActions Actions
    {
        get => wanted.Actions;
        set => wanted.Actions = value;
    }

    /// <summary>Writes what the tables had no room for since the last call: a job that fills them is not found silent.</summary>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="sink">Takes one <see cref="EventsLost"/> when there was any.</param>
    public void WriteLosses(long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var count = lineage.Overflow + all.Sum(detector => detector.Overflow) - told;
        if (count > 0)
        {
            told += count;
            sink.Accept(new EventsLost(LossReason, count) { BootTimeNs = bootTimeNs });
        }
    }

    /// <summary>Shows an event to every detector.</summary>
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(sink);
        if (value is FindingRaised)
        {
            return; // a finding is no fact to find something in
        }

        lineage.Accept(value);
        wanted.Sink = sink;
        foreach (var detector in all)
        {
            detector.Accept(value, wanted);
        }
    }
}
