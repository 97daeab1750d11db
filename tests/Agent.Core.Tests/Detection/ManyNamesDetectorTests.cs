using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public class ManyNamesDetectorTests
{
    [Fact]
    public void The_hundredth_name_below_a_wildcard_is_a_finding_once()
    {
        var sink = new Findings();
        var detectors = Started(sink, "*.allowed.test:443");
        for (var i = 0; i < 300; i++)
        {
            detectors.Accept(Asked(i), sink);
        }

        var finding = Assert.Single(sink.All);
        Assert.Equal("dns-many-names", finding.Finding);
        Assert.Equal("label99.allowed.test", finding.Evidence["latest"]);
    }

    [Fact]
    public void The_same_names_again_and_again_are_none()
    {
        var sink = new Findings();
        var detectors = Started(sink, "*.allowed.test:443");
        for (var i = 0; i < 1000; i++)
        {
            detectors.Accept(Asked(i % 99), sink);
        }

        Assert.Empty(sink.All);
    }

    [Fact]
    public void Names_of_a_rule_without_wildcard_are_none()
    {
        var sink = new Findings();
        var detectors = Started(sink, "allowed.test:443");
        for (var i = 0; i < 300; i++)
        {
            detectors.Accept(Asked(i), sink);
        }

        Assert.Empty(sink.All);
    }

    private static Detectors Started(Findings sink, string rule)
    {
        var detectors = new Detectors();
        detectors.Accept(
            new RecordingStarted(
                "0.0.0", DateTimeOffset.UnixEpoch, "6.18", "x86_64", "audit", "observing", [], ["true"], "/", "root",
                [new RecordedRule(0, rule, "--allow")], null),
            sink);
        return detectors;
    }

    private static NameAsked Asked(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"label{number}.allowed.test"),
        "A", "198.51.100.53", "udp", RecordedVerdict.Allowed, 0, "rule", "p1", null, null);

    private sealed class Findings : IEventSink<RecordedEvent>
    {
        internal ImmutableArray<FindingRaised> All { get; private set; } = [];

        public void Accept(RecordedEvent value)
        {
            if (value is FindingRaised finding)
            {
                All = All.Add(finding);
            }
        }
    }
}
