using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class LossTests
{
    private readonly EventList list = new();

    [Fact]
    public void Each_counter_is_written_by_its_name_and_only_what_grew()
    {
        var counts = new long[(int)KernelLoss.Count];
        counts[(int)KernelLoss.LeaseTable] = 4;
        Report(counts);
        Report(counts);
        counts[(int)KernelLoss.LeaseTable] = 5;
        Report(counts);
        Assert.Equal([("lease-table", 4L), ("lease-table", 1L)], Losses());
    }

    /// <summary>No counter of the kernel's or the agent's is read and then not told.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loss_of_every_kind_is_written_by_the_word_that_documents_use(KernelLoss loss)
    {
        var counts = new long[(int)KernelLoss.Count];
        counts[(int)loss] = 3;
        Report(counts);
        Assert.Equal([(KernelWords.Of(loss), 3L)], Losses());
        Assert.DoesNotContain("loss-", KernelWords.Of(loss), StringComparison.Ordinal);
    }

    public static TheoryData<KernelLoss> Kinds() => [.. Enum.GetValues<KernelLoss>().Where(loss => loss != KernelLoss.Count)];

    [Fact]
    public void A_full_ring_is_counted_once_though_the_gap_shows_it_too()
    {
        var counts = new long[(int)KernelLoss.Count];
        list.Main(Numbered(4));
        Report(counts);
        Assert.Equal([("event-ring", 3L)], Losses());
        counts[(int)KernelLoss.EventRing] = 5;
        Report(counts);
        Assert.Equal([("event-ring", 3L), ("event-ring", 2L)], Losses());
    }

    [Fact]
    public void A_gap_among_alerts_is_a_loss_of_alerts()
    {
        list.Alert(Numbered(2));
        Report([]);
        Assert.Equal([("alert-ring", 1L)], Losses());
    }

    [Fact]
    public void A_malformed_record_is_a_loss_and_no_event()
    {
        Assert.False(list.Correlator.Accept(RecordRing.Events, [1, 2, 3], list));
        Assert.False(list.Correlator.Accept(RecordRing.Alerts, [], list));
        Report([]);
        Assert.Equal([("malformed-record", 2L)], Losses());
        Assert.Equal(2, list.Correlator.Malformed);
    }

    [Fact]
    public void A_sequence_that_begins_anew_is_a_loss()
    {
        list.Main(Numbered(200));
        list.Main(Numbered(1));
        Report([]);
        Assert.Equal([("event-ring", 199L), ("sequence-restart", 1L)], Losses());
    }

    [Fact]
    public void A_processor_that_is_not_followed_is_a_loss()
    {
        var record = Numbered(1);
        Assert.True(BitConverter.TryWriteBytes(record.AsSpan(16), SequenceTracker.MaxCpus));
        list.Main(record);
        Report([]);
        Assert.Equal([("sequence-cpu", 1L)], Losses());
    }

    [Fact]
    public void A_container_without_a_place_is_a_loss()
    {
        for (ulong i = 0; i <= WireLimits.MaxCgroups; i++)
        {
            list.Main(RecordBytes.Container(i + 1, $"{i:x64}"));
        }

        Report([]);
        var lost = Assert.Single(Losses());
        Assert.Equal("container-table", lost.Reason);
        Assert.InRange(lost.Count, 1, 2);
    }

    [Fact]
    public void An_execution_whose_step_has_no_place_is_a_loss()
    {
        for (uint execution = 1; execution <= StepTable.Capacity + 1; execution++)
        {
            list.Correlator.AssignStep(execution, "one");
        }

        Report([]);
        Assert.Equal([("step-table", 1L)], Losses());
    }

    private static byte[] Numbered(byte sequence)
    {
        var record = RecordBytes.Exited(1);
        record[20] = sequence;
        return record;
    }

    private void Report(long[] counts) => list.Correlator.AcceptLosses(counts, 1, list);

    private (string Reason, long Count)[] Losses() => [.. list.Of<EventsLost>().Select(lost => (lost.Reason, lost.Count))];
}
