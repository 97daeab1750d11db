using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Tests.Sinks;

public sealed class LiveCountsTests
{
    [Fact]
    public void The_line_tells_destinations_and_the_latest_refusal_with_who_tried()
    {
        var counts = new LiveCounts();
        counts.Accept(new ProcessExecuted("p1", "/usr/bin/curl", ["curl"], false, "/", 10, 0, false, null));
        counts.Accept(Judged("c1", "github.com", RecordedVerdict.Allowed));
        counts.Accept(Judged("c2", "github.com", RecordedVerdict.Allowed));
        counts.Accept(Judged("c3", "evil.example", RecordedVerdict.Refused));
        Assert.Equal("2 destinations · 1 refused: evil.example:443 by curl · 4 events", counts.Line());
    }

    [Fact]
    public void Nothing_refused_is_not_mentioned()
    {
        var counts = new LiveCounts();
        counts.Accept(Judged("c1", "github.com", RecordedVerdict.Observed));
        Assert.Equal("1 destination · 1 events", counts.Line());
    }

    private static ConnectionJudged Judged(string id, string name, RecordedVerdict verdict) => new(
        id, "tcp", "198.51.100.1", 443, name, verdict, null, "no-rule", "connect", "p1", null, null, 1);
}
