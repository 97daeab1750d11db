using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Core.Tests.Decoding;

public sealed class SequenceTrackerTests
{
    private readonly SequenceTracker tracker = new();

    [Theory]
    [InlineData(new uint[] { 1, 2, 3 }, 0)]
    [InlineData(new uint[] { 3 }, 2)]
    [InlineData(new uint[] { 1, 5 }, 3)]
    [InlineData(new uint[] { 1, 3, 2, 4 }, 0)]
    [InlineData(new uint[] { 1, 4, 3, 5 }, 1)]
    [InlineData(new uint[] { 1, 1, 1 }, 0)]
    public void A_number_that_never_arrives_is_missing(uint[] sequence, long missing)
    {
        Array.ForEach(sequence, number => tracker.Accept(RecordRing.Events, 0, number));
        Assert.Equal(missing, tracker.Missing(RecordRing.Events));
    }

    [Fact]
    public void The_count_goes_on_when_32_bits_are_full()
    {
        tracker.Accept(RecordRing.Events, 0, int.MaxValue);
        tracker.Accept(RecordRing.Events, 0, uint.MaxValue - 1);
        var before = tracker.Missing(RecordRing.Events);
        tracker.Accept(RecordRing.Events, 0, uint.MaxValue);
        tracker.Accept(RecordRing.Events, 0, 0);
        Assert.Equal(before, tracker.Missing(RecordRing.Events));
        tracker.Accept(RecordRing.Events, 0, 3);
        Assert.Equal(before + 2, tracker.Missing(RecordRing.Events));
    }

    [Fact]
    public void Each_cpu_and_each_ring_has_its_own_sequence()
    {
        tracker.Accept(RecordRing.Events, 0, 1);
        tracker.Accept(RecordRing.Events, 1, 1);
        tracker.Accept(RecordRing.Alerts, 1, 1);
        tracker.Accept(RecordRing.Alerts, 1, 3);
        Assert.Equal(0, tracker.Missing(RecordRing.Events));
        Assert.Equal(1, tracker.Missing(RecordRing.Alerts));
    }

    [Fact]
    public void A_cpu_past_the_bound_is_counted_and_not_followed()
    {
        tracker.Accept(RecordRing.Events, SequenceTracker.MaxCpus, 7);
        tracker.Accept(RecordRing.Events, uint.MaxValue, 7);
        Assert.Equal(2, tracker.Unfollowed);
        Assert.Equal(0, tracker.Missing(RecordRing.Events));
    }

    [Fact]
    public void A_sequence_that_goes_far_back_starts_anew_and_is_counted()
    {
        tracker.Accept(RecordRing.Events, 0, 1);
        tracker.Accept(RecordRing.Events, 0, 1000);
        tracker.Accept(RecordRing.Events, 0, 2);
        tracker.Accept(RecordRing.Events, 0, 3);
        Assert.Equal(1, tracker.Restarts);
        Assert.Equal(998, tracker.Missing(RecordRing.Events));
    }
}
