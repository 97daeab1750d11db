using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Writes each loss once: what grew since the last time. A record that a full ring refused shows twice, in the kernel's
/// counter and as a gap in the sequence that arrives, so the larger of the two counts.
/// </summary>
internal sealed class LossLedger
{
    private readonly Dictionary<string, long> written = new(StringComparer.Ordinal);

    public void Write(
        ReadOnlySpan<long> kernel,
        RecordDecoder decoder,
        JobTables tables,
        long bootTimeNs,
        IEventSink<RecordedEvent> sink)
    {
        for (var loss = 0; loss < Math.Max(kernel.Length, 2); loss++)
        {
            var counted = loss < kernel.Length ? kernel[loss] : 0;
            var seen = (KernelLoss)loss switch
            {
                KernelLoss.EventRing => decoder.Sequences.Missing(RecordRing.Events),
                KernelLoss.AlertRing => decoder.Sequences.Missing(RecordRing.Alerts),
                _ => 0,
            };
            Write(KernelWords.Of((KernelLoss)loss), Math.Max(counted, seen), bootTimeNs, sink);
        }

        Write("malformed-record", decoder.Malformed, bootTimeNs, sink);
        Write("sequence-restart", decoder.Sequences.Restarts, bootTimeNs, sink);
        Write("sequence-cpu", decoder.Sequences.Unfollowed, bootTimeNs, sink);
        Write("process-table", tables.Processes.Overflow, bootTimeNs, sink);
        Write("container-table", tables.Containers.Overflow, bootTimeNs, sink);
        Write("step-table", tables.Steps.Overflow, bootTimeNs, sink);
        Write("connection-table", tables.Connections.Overflow, bootTimeNs, sink);
    }

    private void Write(string reason, long total, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        var before = written.GetValueOrDefault(reason);
        if (total > before)
        {
            written[reason] = total;
            sink.Accept(new EventsLost(reason, total - before) { BootTimeNs = bootTimeNs });
        }
    }
}
