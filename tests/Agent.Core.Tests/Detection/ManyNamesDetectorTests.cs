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

    /// <summary>Labels shorter than those that look encoded, and no policy: who has the zone is told of all the same.</summary>
    [Theory]
    [InlineData("attacker.test", "attacker.test")]
    [InlineData("x.y.attacker.test", "attacker.test")]
    [InlineData("attacker.co.uk", "attacker.co.uk")]
    [InlineData("abc.oast.fun", "abc.oast.fun")]
    [InlineData("d.100.51.198.in-addr.arpa", "51.198.in-addr.arpa")]
    [InlineData("0.0.8.b.d.0.1.0.0.2.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa")]
    public void Very_many_names_below_one_zone_without_a_rule_are_a_finding_once(string below, string zone)
    {
        var sink = new Findings();
        var detectors = new Detectors();
        for (var i = 0; i < 300; i++)
        {
            detectors.Accept(Asked(i, below, null), sink);
        }

        var finding = Assert.Single(sink.All);
        Assert.Equal("dns-many-names", finding.Finding);
        Assert.Equal(zone, finding.Evidence["zone"]);
        Assert.Equal("reported", finding.Action);
    }

    /// <summary>Where a cloud answers for all of its customers itself, or a network for its own machines, nobody else reads the names.</summary>
    [Theory]
    [InlineData("s3.eu-west-1.amazonaws.com")]
    [InlineData("blob.core.windows.net")]
    [InlineData("github.io")]
    [InlineData("svc.cluster.local")]
    [InlineData("eu-west-1.compute.internal")]
    [InlineData("test")]
    [InlineData("co.uk")]
    public void Very_many_names_of_very_many_owners_are_none(string below)
    {
        var sink = new Findings();
        var detectors = new Detectors();
        for (var i = 0; i < 300; i++)
        {
            detectors.Accept(Asked(i, below, null), sink);
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

    private static NameAsked Asked(int number, string below = "allowed.test", int? rule = 0) => new(
        string.Create(CultureInfo.InvariantCulture, $"label{number}.{below}"),
        "A", "198.51.100.53", "udp", rule is null ? RecordedVerdict.Observed : RecordedVerdict.Allowed, rule, "rule", "p1", null, null);

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
