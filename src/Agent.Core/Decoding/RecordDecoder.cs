using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// Turns the bytes of one ring record into a decoded event, without allocation and without ever throwing: what cannot
/// be read is counted by its defect. Not safe for use by several threads at once.
/// </summary>
public sealed class RecordDecoder
{
    private readonly long[] defects = new long[Enum.GetValues<RecordDefect>().Length];

    /// <summary>Records that were refused.</summary>
    public long Malformed { get; private set; }

    /// <summary>Gaps in the sequences of both rings.</summary>
    public SequenceTracker Sequences { get; } = new();

    /// <summary>Records that were refused for one defect.</summary>
    public long CountOf(RecordDefect defect) => defects[(int)defect];

    /// <summary>Decodes one record and hands it to <paramref name="sink"/>.</summary>
    /// <typeparam name="TSink">A struct, so that the call costs neither an indirection nor a box.</typeparam>
    /// <returns>False when the record is malformed; it was counted then.</returns>
    public bool Decode<TSink>(RecordRing ring, ReadOnlySpan<byte> record, TSink sink)
        where TSink : struct, IDecodedEventSink
    {
        if (!RecordLayout.TryReadHeader(record, out var header, out var defect))
        {
            return Refuse(defect);
        }

        // Before the body is judged: a malformed record arrived, so it is no gap.
        Sequences.Accept(ring, header.Cpu, header.Sequence);
        return Dispatch(header.Type, record, sink, out defect) || Refuse(defect);
    }

    /// <summary>Decodes without counting, for a record that was counted when it was set aside.</summary>
    internal static bool Dispatch<TSink>(
        RecordType type, ReadOnlySpan<byte> record, TSink sink, out RecordDefect defect)
        where TSink : struct, IDecodedEventSink
    {
        // Stands when no case fits; a case that fits and fails has put its own defect here.
        defect = RecordDefect.Type;
        switch (type)
        {
            case RecordType.ProcessForked when ProcessForkedEvent.TryRead(record, out var forked, out defect):
                sink.Accept(in forked);
                return true;
            case RecordType.ProcessExecuted when ProcessExecutedEvent.TryRead(record, out var executed, out defect):
                sink.Accept(in executed);
                return true;
            case RecordType.ProcessExited when ProcessExitedEvent.TryRead(record, out var exited, out defect):
                sink.Accept(in exited);
                return true;
            case RecordType.Connection when ConnectionEvent.TryRead(record, out var connection, out defect):
                sink.Accept(in connection);
                return true;
            case RecordType.ConnectionClosed when ConnectionClosedEvent.TryRead(record, out var closed, out defect):
                sink.Accept(in closed);
                return true;
            case RecordType.NameAsked when NameAskedEvent.TryRead(record, out var asked, out defect):
                sink.Accept(in asked);
                return true;
            case RecordType.NameLeased when NameLeasedEvent.TryRead(record, out var leased, out defect):
                sink.Accept(in leased);
                return true;
            case RecordType.FlowNamed when FlowNamedEvent.TryRead(record, out var named, out defect):
                sink.Accept(in named);
                return true;
            case RecordType.ContainerCreated when ContainerCreatedEvent.TryRead(record, out var created, out defect):
                sink.Accept(in created);
                return true;
            case RecordType.DaemonAsked when DaemonAskedEvent.TryRead(record, out var daemon, out defect):
                sink.Accept(in daemon);
                return true;
            case RecordType.Environment when EnvironmentEvent.TryRead(record, out var environment, out defect):
                sink.Accept(in environment);
                return true;
            case RecordType.MachineChanged when MachineChangedEvent.TryRead(record, out var changed, out defect):
                sink.Accept(in changed);
                return true;
            case RecordType.Intrusion when IntrusionEvent.TryRead(record, out var intrusion, out defect):
                sink.Accept(in intrusion);
                return true;
            default:
                return false;
        }
    }

    private bool Refuse(RecordDefect defect)
    {
        defects[(int)defect]++;
        Malformed++;
        return false;
    }
}
