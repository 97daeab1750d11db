using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class ConnectionTests
{
    private readonly EventList list = new();

    [Fact]
    public void A_judgement_is_recorded_with_everything_that_is_known_of_it()
    {
        list.Correlator.AssignStep(3, "test");
        list.Main(
            RecordBytes.Forked(1),
            RecordBytes.Connection(
                1, 0xabc, "2001:db8::7", 8443, KernelVerdict.Observed, KernelReason.NoRule, WireLimits.NoRule, 17,
                execution: 3, count: 4, bootNs: 50, hook: KernelHook.Sendmsg));
        Assert.Equal(
            new ConnectionJudged(
                "cabc", "udp", "2001:db8::7", 8443, null, RecordedVerdict.Observed, null, "no-rule", "sendmsg", "p1",
                "test", null, 4)
            { BootTimeNs = 50, Execution = 3 },
            list.Last<ConnectionJudged>());
    }

    [Fact]
    public void An_icmp_type_is_not_a_port()
    {
        list.Main(RecordBytes.Connection(protocol: 1, port: 8));
        Assert.Equal(("icmp", 0), (list.Last<ConnectionJudged>().Protocol, list.Last<ConnectionJudged>().Port));
    }

    [Fact]
    public void A_connection_before_its_process_is_known_is_written_with_the_number()
    {
        list.Main(RecordBytes.Connection(process: 12));
        Assert.Equal("p12", list.Last<ConnectionJudged>().Process);
        list.Main(RecordBytes.Connection(process: 0, cookie: 0));
        Assert.Null(list.Last<ConnectionJudged>().Process);
    }

    [Fact]
    public void Repeats_on_one_socket_are_one_line_and_a_count()
    {
        for (var i = 0; i < 1000; i++)
        {
            list.Main(RecordBytes.Connection(bootNs: (ulong)i));
        }

        Assert.Single(list.Of<ConnectionJudged>());
        list.Flush();
        Assert.Equal([1, 999], list.Of<ConnectionJudged>().Select(judged => judged.Count));
        Assert.Equal(999, list.Last<ConnectionJudged>().BootTimeNs);
        list.Flush();
        Assert.Equal(2, list.Of<ConnectionJudged>().Count);
    }

    [Fact]
    public void Sockets_to_one_destination_have_lines_up_to_a_bound_and_no_attempt_or_byte_is_lost()
    {
        const int Sockets = 5000;
        for (ulong cookie = 1; cookie <= Sockets; cookie++)
        {
            list.Main(RecordBytes.Connection(cookie: cookie), RecordBytes.Closed(cookie, 10, 20));
        }

        Assert.Equal(ConnectionBook.SocketsAtOnce, list.Of<ConnectionJudged>().Count);
        list.Flush();
        Assert.Equal(Sockets, list.Of<ConnectionJudged>().Sum(judged => judged.Count));
        Assert.Equal(Sockets * 10, list.Of<ConnectionClosed>().Sum(closed => closed.BytesOut));
        Assert.Equal(Sockets * 20, list.Of<ConnectionClosed>().Sum(closed => closed.BytesIn));
        var lines = list.Of<ConnectionJudged>().Select(judged => judged.Connection).ToHashSet();
        Assert.All(list.Of<ConnectionClosed>(), closed => Assert.Contains(closed.Connection, lines));
    }

    [Fact]
    public void Another_process_destination_verdict_or_name_is_written_at_once()
    {
        list.Main(
            RecordBytes.Connection(),
            RecordBytes.Connection(process: 2),
            RecordBytes.Connection(port: 80),
            RecordBytes.Connection(address: "198.51.100.8"),
            RecordBytes.Connection(verdict: KernelVerdict.Observed),
            RecordBytes.Leased("a.example", "198.51.100.7"),
            RecordBytes.Connection());
        Assert.Equal(6, list.Of<ConnectionJudged>().Count);
    }

    [Fact]
    public void Refusals_are_written_at_once_up_to_a_bound_and_then_counted()
    {
        for (var i = 0; i < 1000; i++)
        {
            list.Alert(Refused());
        }

        list.Settle().Settle();
        Assert.Equal(ConnectionBook.RefusalsAtOnce, list.Of<ConnectionJudged>().Count);
        list.Flush();
        Assert.Equal(1000, list.Of<ConnectionJudged>().Sum(judged => judged.Count));
    }

    [Fact]
    public void Refusals_of_many_destinations_share_a_bound_between_two_flushes_and_none_is_lost()
    {
        const int Ports = 200;
        for (var i = 0; i < 100 * Ports; i++)
        {
            list.Alert(RecordBytes.Connection(verdict: KernelVerdict.Refused, port: (ushort)(1000 + (i % Ports))));
        }

        list.Settle().Settle();
        Assert.Equal(Ports + ConnectionBook.RepeatsAtOnce, list.Of<ConnectionJudged>().Count);
        list.Flush();
        Assert.Equal(100 * Ports, list.Of<ConnectionJudged>().Sum(judged => judged.Count));
    }

    [Fact]
    public void Counts_are_written_each_second_while_the_job_runs()
    {
        list.Main(RecordBytes.Connection(bootNs: 10_000_000_000), RecordBytes.Connection(bootNs: 10_000_000_001)).Settle();
        Assert.Equal(2, list.Of<ConnectionJudged>().Count);
        list.Main(RecordBytes.Connection(bootNs: 10_500_000_000)).Settle();
        Assert.Equal(2, list.Of<ConnectionJudged>().Count);
        list.Main(RecordBytes.Connection(bootNs: 11_000_000_001)).Settle();
        Assert.Equal([1, 1, 2], list.Of<ConnectionJudged>().Select(judged => judged.Count));
    }

    [Fact]
    public void An_alert_waits_for_the_other_rings_next_drain_and_then_has_its_name_and_container()
    {
        list.Alert(Refused(process: 5, cgroup: 77)).Settle();
        Assert.Empty(list.All);
        list.Main(
            RecordBytes.Container(77), RecordBytes.Leased("a.example", "198.51.100.7"), RecordBytes.Closed(1, 0, 0));
        Assert.Empty(list.Of<ConnectionClosed>());
        list.Settle().Settle();
        var judged = Assert.Single(list.Of<ConnectionJudged>());
        Assert.Equal(("a.example", RecordBytes.ContainerId), (judged.Name, judged.Container));
        Assert.IsType<ConnectionClosed>(list.All[^1]);
    }

    [Fact]
    public void Alerts_without_room_to_wait_are_written_in_order_and_none_is_dropped()
    {
        var count = 5 * JobCorrelator.HeldBytes / Refused().Length;
        for (var i = 0; i < count; i++)
        {
            list.Alert(Refused(port: (ushort)(i & 0xff), bootNs: (ulong)i));
        }

        list.Flush();
        Assert.Equal(count, list.Of<ConnectionJudged>().Sum(judged => judged.Count));
        var first = list.Of<ConnectionJudged>().Take(256).Select(judged => judged.BootTimeNs);
        Assert.Equal(Enumerable.Range(0, 256).Select(i => (long)i), first);
    }

    [Fact]
    public void A_flood_of_destinations_is_bounded_counted_and_takes_no_place_from_refusals()
    {
        for (var i = 0; i < ConnectionBook.LineCapacity + 10; i++)
        {
            list.Main(RecordBytes.Connection(cookie: 0, cgroup: (ulong)i));
        }

        list.Alert(Refused()).Flush();
        Assert.Equal(RecordedVerdict.Refused, list.Last<ConnectionJudged>().Verdict);
        list.Correlator.AcceptLosses([], 1, list);
        Assert.Equal(new EventsLost("connection-table", 10) { BootTimeNs = 1 }, list.Last<EventsLost>());
    }

    [Fact]
    public void The_lines_of_a_process_go_when_it_leaves_the_table_and_what_they_counted_is_written()
    {
        list.Main(RecordBytes.Forked(1), RecordBytes.Connection(), RecordBytes.Connection(), RecordBytes.Exited(1));
        for (var i = 0; i < ProcessTable.ExitedCapacity; i++)
        {
            var process = (ulong)i + 2;
            list.Main(RecordBytes.Forked(process), RecordBytes.Exited(process));
        }

        Assert.Equal([1, 1], list.Of<ConnectionJudged>().Select(judged => judged.Count));
    }

    [Fact]
    public void A_repeat_allocates_nothing()
    {
        var (main, closed) = (RecordBytes.Connection(), RecordBytes.Closed(1, 1, 1));
        list.Main(RecordBytes.Forked(1), RecordBytes.Leased("a.example", "198.51.100.7"));
        // The runtime itself allocates once in a round when it moves a method to its next tier.
        Assert.Contains(Enumerable.Range(0, 5).Select(_ => AllocatedBy(main)).ToArray(), bytes => bytes == 0);
        list.Main(closed);
    }

    private long AllocatedBy(byte[] record)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(record, 10_000);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Repeat(byte[] record, int times)
    {
        for (var i = 0; i < times; i++)
        {
            list.Correlator.Accept(Agent.Core.Decoding.RecordRing.Events, record, list);
        }
    }

    private static byte[] Refused(ulong process = 1, ulong cgroup = 1, ushort port = 443, ulong bootNs = 1) =>
        RecordBytes.Connection(
            process, port: port, verdict: KernelVerdict.Refused, reason: KernelReason.NoRule, cgroup: cgroup, bootNs: bootNs);
}
