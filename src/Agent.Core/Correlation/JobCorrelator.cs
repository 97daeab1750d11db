using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Core.Sources;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Turns the records of one job into the events of its recording: who (process, container, step), where to (name of the
/// address), and repeats as counts. Never throws, whatever the bytes. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// The ordering rule. Within a ring, records stand in the order in which they were made on all CPUs, so what an event
/// refers to (its process, its container, the lease of its address) came before it. Between the two rings nothing is
/// ordered: an alert can be read before the answer that leased its address. Alerts are therefore set aside until the
/// other ring was drained once more, which is what <see cref="Settle"/> says; by then everything that they can refer to
/// has been read. The end of a flow waits with them, so that no flow ends before it began. What still comes too late (a record
/// was lost) is written without the name or the container, never dropped.
/// </remarks>
public sealed class JobCorrelator
{
    /// <summary>Bytes of alerts that are set aside at most, twice; past it they are written without waiting.</summary>
    public const int HeldBytes = 256 * 1024;

    // Counts of repeats are written this often, so that a recording that is cut off has them.
    private const ulong FlushNs = 1_000_000_000;

    private readonly RecordDecoder decoder = new();
    private readonly JobTables tables = new();
    private readonly HeldRecords held = new(HeldBytes);
    private readonly LossLedger losses = new();
    private readonly ProcessEvents processes;
    private readonly NetworkEvents network;
    private readonly ContainerEvents containers;
    private readonly EnvironmentAssembly environments;
    private readonly MachineEvents machine;
    private readonly IntrusionEvents intrusions;
    private readonly FileEvents files;
    private ulong latestBootNs;
    private ulong flushedBootNs;

    /// <summary>Begins with empty tables.</summary>
    /// <param name="executions">Is told of executions; null where there is no runner.</param>
    public JobCorrelator(IExecutionObserver? executions = null)
    {
        processes = new ProcessEvents(tables, executions);
        environments = new EnvironmentAssembly(executions);
        network = new NetworkEvents(tables);
        containers = new ContainerEvents(tables);
        machine = new MachineEvents(tables);
        intrusions = new IntrusionEvents(tables);
        files = new FileEvents(tables);
    }

    /// <summary>Records that could not be read.</summary>
    public long Malformed => decoder.Malformed;

    /// <summary>Takes one record from a ring.</summary>
    /// <param name="ring">The ring that it came by.</param>
    /// <param name="record">Its bytes, not kept after the call.</param>
    /// <param name="sink">Takes the events that follow from it, perhaps none yet.</param>
    /// <returns>False when the record is malformed; it was counted then.</returns>
    public bool Accept(RecordRing ring, ReadOnlySpan<byte> record, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (RecordLayout.TryReadHeader(record, out var header, out _))
        {
            latestBootNs = Math.Max(latestBootNs, header.BootNs);
        }

        // Who asked a runtime, and what a step began with, refer to nothing and do not wait.
        if (header.Type is RecordType.Environment || IsRequest(header.Type, record)
            || (ring == RecordRing.Events && (header.Type != RecordType.ConnectionClosed || held.IsEmpty)))
        {
            return decoder.Decode(ring, record, To(sink));
        }

        // Judged and counted now, so that what is released later is known to be sound.
        if (!decoder.Decode(ring, record, default(DiscardedEvents)))
        {
            return false;
        }

        if (!held.TryHold(record))
        {
            ReleaseOlder(sink);
            held.Age();
            if (!held.TryHold(record))
            {
                RecordDecoder.Dispatch(header.Type, record, To(sink), out _);
            }
        }

        return true;
    }

    private static bool IsRequest(RecordType type, ReadOnlySpan<byte> record) => type == RecordType.DaemonAsked
        && !(DaemonAskedEvent.TryRead(record, out var asked, out _) && asked.IsHelper);

    /// <summary>To be called each time both rings were drained; writes what waited for that.</summary>
    public void Settle(IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ReleaseOlder(sink);
        held.Age();
        if (latestBootNs - flushedBootNs >= FlushNs)
        {
            flushedBootNs = latestBootNs;
            tables.Connections.Flush(sink);
        }
    }

    /// <summary>To be called when the job has ended and the rings are empty; writes all that waits.</summary>
    public void Flush(IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Settle(sink);
        ReleaseOlder(sink);
        tables.Connections.Flush(sink);
    }

    /// <summary>Writes the losses that grew since the last call.</summary>
    /// <param name="kernelCounts">The kernel's counters, by <see cref="KernelLoss"/>, summed over CPUs.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="sink">Takes one <see cref="EventsLost"/> for each reason that grew.</param>
    public void AcceptLosses(ReadOnlySpan<long> kernelCounts, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        losses.Write(kernelCounts, decoder, tables, bootTimeNs, sink);
    }

    /// <summary>
    /// Says which step an execution (the kernel's step tag) belongs to; later events carry it. Those before carry the
    /// execution, as all do, and get their step in the report from <see cref="ExecutionAssigned"/>.
    /// </summary>
    public void AssignStep(uint execution, string step)
    {
        ArgumentException.ThrowIfNullOrEmpty(step);
        tables.Steps.Set(execution, step);
    }

    /// <summary>Makes a process known that ran before the job and acts for it, and writes it.</summary>
    /// <param name="processId">The number that the kernel's tag of it has; not 0.</param>
    /// <param name="pid">In the initial pid namespace.</param>
    /// <param name="exe">Path of its executable.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="sink">Takes the events.</param>
    public void RegisterDaemon(ulong processId, int pid, string exe, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        ArgumentOutOfRangeException.ThrowIfZero(processId);
        ArgumentNullException.ThrowIfNull(exe);
        ArgumentNullException.ThrowIfNull(sink);
        processes.Register(processId, pid, exe, bootTimeNs, sink);
    }

    /// <summary>
    /// Adds what a runtime says of a container. When the container was written already, a second
    /// <see cref="ContainerStarted"/> with the same id completes it.
    /// </summary>
    /// <param name="id">64 hexadecimal digits.</param>
    /// <param name="name">As the runtime calls it, or null.</param>
    /// <param name="image">Reference of its image, or null.</param>
    /// <param name="hostAccess">What it has of the machine, as <see cref="ContainerStarted.HostAccess"/>; null for nothing.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="sink">Takes the event.</param>
    public void ContainerDescribed(
        string id, string? name, string? image, string? hostAccess, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(sink);
        containers.Describe(id, name, image, hostAccess, bootTimeNs, sink);
    }

    /// <summary>
    /// Writes that a tracked file was changed by somebody other than git. To be called when the rings were drained after it
    /// happened, so that the process is known.
    /// </summary>
    public void SourceChanged(SourceChange change, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(sink);
        files.Changed(change, sink);
    }

    /// <summary>Writes what an executable holds that was executed before.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="exe">By which path.</param>
    /// <param name="sha256">64 hexadecimal digits.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    /// <param name="sink">Takes the event.</param>
    public void ExecutableHashed(
        in ExecutableKey key, string exe, string sha256, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (tables.Executables.Find(in key) is { } id)
        {
            sink.Accept(new ExecutableHashed(id, exe, sha256, (long)key.Size) { BootTimeNs = bootTimeNs });
        }
    }

    /// <summary>Writes what was done to a file in a watched place; the same holds of the process.</summary>
    public void FileChanged(FileActivity activity, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(activity);
        ArgumentNullException.ThrowIfNull(sink);
        files.Changed(activity, sink);
    }

    /// <summary>Writes what a process has set for the steps after its own; the same holds of the process.</summary>
    public void LaterSet(LaterSetting setting, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(sink);
        files.Set(setting, sink);
    }

    private Attribution To(IEventSink<RecordedEvent> sink) =>
        new(processes, network, containers, environments, machine, intrusions, sink);

    private void ReleaseOlder(IEventSink<RecordedEvent> sink)
    {
        while (held.TryRelease(out var record))
        {
            if (RecordLayout.TryReadHeader(record, out var header, out _))
            {
                RecordDecoder.Dispatch(header.Type, record, To(sink), out _);
            }
        }
    }
}
