using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class NameTests
{
    private const string Shared = "198.51.100.7";
    private readonly EventList list = new();

    [Fact]
    public void A_question_is_recorded_with_who_what_and_whom()
    {
        list.Main(RecordBytes.Forked(1), RecordBytes.Asked("evil\n.example", type: 16, verdict: KernelVerdict.Observed));
        Assert.Equal(
            new NameAsked(
                "evil\\010.example", "TXT", "198.51.100.53", "udp", RecordedVerdict.Observed, null, "rule", "p1", null, null)
            { BootTimeNs = 1 },
            list.Last<NameAsked>());
    }

    [Fact]
    public void An_answer_is_recorded_with_the_addresses_that_it_leased()
    {
        list.Main(RecordBytes.Leased("example.com", Shared, "2001:db8::7"));
        var resolved = list.Last<NameResolved>();
        Assert.Equal([Shared, "2001:db8::7"], resolved.Addresses);
        Assert.Equal((2, 60u), (resolved.RefusedAddresses, resolved.TtlSeconds));
    }

    [Fact]
    public void An_address_without_a_lease_has_no_name() => Assert.Null(Connect(process: 1));

    [Fact]
    public void An_address_of_one_name_has_that_name_for_everybody()
    {
        list.Main(RecordBytes.Asked("a.example", process: 1), RecordBytes.Leased("a.example", Shared));
        Assert.Equal("a.example", Connect(process: 2));
    }

    [Fact]
    public void A_shared_address_has_the_name_that_the_process_asked_for_last()
    {
        AskForBoth();
        list.Main(RecordBytes.Asked("b.example", process: 2), RecordBytes.Asked("a.example", process: 3));
        Assert.Equal("a.example", Connect(process: 1));
        Assert.Equal("b.example", Connect(process: 2));
        list.Main(RecordBytes.Asked("b.example", process: 1));
        Assert.Equal("b.example", Connect(process: 1));
    }

    [Fact]
    public void A_process_that_did_not_ask_takes_what_its_container_asked_for()
    {
        list.Main(RecordBytes.Container(77));
        AskForBoth();
        list.Main(RecordBytes.Asked("a.example", process: 8, cgroup: 77));
        Assert.Equal("a.example", Connect(process: 9, cgroup: 77));
        Assert.Equal("b.example", Connect(process: 9, cgroup: 1));
    }

    [Fact]
    public void The_name_that_the_flow_presented_goes_before_the_one_that_was_asked_for()
    {
        AskForBoth();
        list.Main(RecordBytes.Named("b.example", cookie: 50));
        Assert.Equal("b.example", Connect(process: 1, cookie: 50));
        Assert.Equal("b.example", list.Last<FlowNamed>().Leased);
    }

    [Fact]
    public void A_presented_name_that_leased_nothing_is_not_the_destinations_name()
    {
        AskForBoth();
        list.Main(RecordBytes.Named("innocent.example", cookie: 50, verdict: KernelVerdict.Refused));
        Assert.Equal("a.example", Connect(process: 1, cookie: 50));
        Assert.Equal(("innocent.example", "sni"), (list.Last<FlowNamed>().Presented, list.Last<FlowNamed>().Source));
    }

    [Theory]
    [InlineData("[2001:db8::66]", "2001:db8::66", "")]
    [InlineData("[2001:DB8:0::66", "2001:db8::66", "")]
    [InlineData("2001:db8::66", "2001:db8::66", "")]
    [InlineData("198.51.100.7", "198.51.100.7", "")]
    [InlineData("[::ffff:198.51.100.7]", "198.51.100.7", "")]
    [InlineData("[2001:db8::67]", "2001:db8::66", "2001:db8::67")]
    [InlineData("198.51.100.8", "198.51.100.7", "198.51.100.8")]
    [InlineData("[nonsense", "198.51.100.7", "\\091nonsense")]
    [InlineData("[", "198.51.100.7", "\\091")]
    public void An_address_in_place_of_a_name_names_nothing_and_is_kept_only_when_it_is_another(
        string said, string address, string presented)
    {
        list.Main(RecordBytes.Named(said, address: address, source: NameSource.HttpHost));
        Assert.Equal(presented, list.Last<FlowNamed>().Presented);
        Assert.True(presented.Length == 0 || PresentedName.IsAddress(presented));
    }

    [Fact]
    public void A_flow_that_did_not_name_itself_has_no_source()
    {
        list.Main(RecordBytes.Named("", source: 0, reason: KernelReason.NoName));
        Assert.Null(list.Last<FlowNamed>().Source);
        Assert.Equal("", list.Last<FlowNamed>().Presented);
    }

    /// <summary>What decided nothing is told of flows that have a line, not of those that are counted.</summary>
    [Fact]
    public void A_flow_that_need_not_name_itself_says_none_once_it_has_a_line()
    {
        list.Main(RecordBytes.Named("", cookie: 5, source: 0, reason: KernelReason.Rule));
        Assert.Empty(list.Of<FlowNamed>());
        list.Main(RecordBytes.Connection(1, cookie: 5, Shared), RecordBytes.Named("", cookie: 5, source: 0, reason: KernelReason.Rule));
        Assert.Equal("", list.Last<FlowNamed>().Presented);
    }

    [Fact]
    public void What_a_proxy_is_asked_for_has_a_port()
    {
        list.Main(RecordBytes.Named("a.example", source: NameSource.HttpConnect, askedPort: 8443));
        Assert.Equal(8443, list.Last<FlowNamed>().AskedPort);
        list.Main(RecordBytes.Named("a.example"));
        Assert.Null(list.Last<FlowNamed>().AskedPort);
    }

    /// <summary>An alert waits until the other ring was read, which may have answers that came after it.</summary>
    [Fact]
    public void A_name_that_was_leased_after_the_call_is_not_its_name()
    {
        list.Alert(RecordBytes.Connection(1, cookie: 5, Shared, verdict: KernelVerdict.Observed, bootNs: 2));
        list.Main(RecordBytes.LeasedAt(3, "later.example", Shared)).Settle().Settle();
        Assert.Null(list.Last<ConnectionJudged>().Name);
        list.Alert(RecordBytes.Connection(1, cookie: 6, Shared, verdict: KernelVerdict.Observed, bootNs: 4));
        list.Main(RecordBytes.Asked("latest.example", process: 1), RecordBytes.LeasedAt(5, "latest.example", Shared)).Settle().Settle();
        Assert.Equal("later.example", list.Last<ConnectionJudged>().Name);
    }

    [Fact]
    public void An_address_of_too_many_names_forgets_the_one_leased_longest_ago()
    {
        for (var i = 0; i <= LeasedNames.Capacity; i++)
        {
            list.Main(RecordBytes.Asked($"n{i}.example"), RecordBytes.Leased($"n{i}.example", Shared));
        }

        list.Main(RecordBytes.Asked("n0.example"));
        Assert.Equal($"n{LeasedNames.Capacity}.example", Connect(process: 1));
        list.Main(RecordBytes.Asked("n1.example"));
        Assert.Equal("n1.example", Connect(process: 1));
    }

    // Process 1 asked for a.example, nobody whom it knows for b.example, which was leased last.
    private void AskForBoth() => list.Main(
        RecordBytes.Asked("a.example", process: 1),
        RecordBytes.Leased("a.example", Shared),
        RecordBytes.Leased("b.example", Shared));

    private string? Connect(ulong process, ulong cookie = 0, ulong cgroup = 1)
    {
        list.Main(RecordBytes.Connection(process, cookie, Shared, cgroup: cgroup));
        return list.Last<ConnectionJudged>().Name;
    }
}
