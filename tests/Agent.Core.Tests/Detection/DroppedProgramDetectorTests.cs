using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class DroppedProgramDetectorTests : IEventSink<RecordedEvent>
{
    private const long Second = 1_000_000_000;
    private const string Program = "/tmp/payload";

    private readonly Detectors detectors = new();
    private readonly List<string> found = [];

    [Theory]
    [InlineData(5 * Second, true)]
    [InlineData((10 * Second) + 1, true)] // written before it was run, and read of a moment later
    [InlineData(12 * Second, false)] // fetched when it had run
    public void A_file_that_was_fetched_before_it_is_run_is_found_though_it_is_told_late(long writtenNs, bool isFound)
    {
        Accept(new ProcessForked("p1", null, 1, null, null), Second);
        Accept(new ProcessForked("p2", "p1", 2, null, null), Second);
        Accept(
            new ConnectionJudged(
                "c1", "tcp", "198.51.100.66", 443, null, RecordedVerdict.Observed, null, "no-rule", "connect", "p2", null, null, 1),
            2 * Second);
        Accept(new ProcessForked("p3", "p1", 3, null, null), 9 * Second);
        Accept(new ProcessExecuted("p3", Program, [Program], false, "/", 3, 0, false, null), 10 * Second);
        Accept(new FileChanged(Program, "created", false, null, null, null, false, 1, "p2", null, null), writtenNs);
        Assert.Equal(isFound, found.Contains("dropped-program-run"));
    }

    /// <summary>A file of a container by its own name for it; the machine's path is another, and so is another container's.</summary>
    [Theory]
    [InlineData("/tmp/payload", "/", "c1", true)]
    [InlineData("/root/payload", "/root", "c1", true)]
    [InlineData("/home/node/payload", "/home/node", "c1", true)]
    [InlineData("/home/node/app/payload", "/home/node/app", "c1", false)] // its work
    [InlineData("/tmp/payload", "/tmp/build", "c1", true)]
    [InlineData("/usr/bin/payload", "/", "c1", false)]
    [InlineData("/tmp/payload", "/", "c2", false)]
    [InlineData("/tmp/payload", "/", null, false)]
    public void A_file_that_a_container_fetched_and_runs_is_found(string path, string work, string? runBy, bool isFound)
    {
        Accept(new ProcessForked("p1", null, 1, null, "c1"), 1);
        Accept(new ProcessExecuted("p1", "/", ["runc", "init"], false, "/run/containerd", 1, 0, false, "c1"), 1);
        Accept(new ProcessExecuted("p1", "/bin/sh", ["sh"], false, work, 1, 0, false, "c1"), 1);
        Accept(new ProcessForked("p2", "p1", 2, null, "c1"), 1);
        Accept(
            new ConnectionJudged(
                "c1", "tcp", "198.51.100.66", 443, null, RecordedVerdict.Observed, null, "no-rule", "connect", "p2", null, "c1", 1), 2);
        Accept(
            new FileChanged("/var/lib/docker/overlay2/a/diff" + path, "created", false, null, null, null, false, 1, "p2", null, "c1")
            {
                InContainer = path,
            },
            3);
        Accept(new ProcessForked("p3", null, 3, null, runBy), 4);
        Accept(new ProcessExecuted("p3", path, [path], false, "/", 3, 0, false, runBy), 4);
        Assert.Equal(isFound, found.Contains("dropped-program-run"));
    }

    [Fact]
    public void A_program_of_a_container_that_takes_itself_away_is_found()
    {
        Accept(new ProcessForked("p1", null, 1, null, "c1"), 1);
        Accept(new ProcessExecuted("p1", "/bin/busybox", ["sh", "/tmp/payload"], false, "/", 1, 0, false, "c1"), 1);
        Accept(
            new FileChanged("/var/lib/docker/overlay2/a/diff/tmp/payload", "removed", false, null, null, null, false, 1, "p1", null, "c1")
            {
                InContainer = Program,
            },
            2);
        Assert.Equal(["program-removed-itself"], found);
    }

    void IEventSink<RecordedEvent>.Accept(RecordedEvent value)
    {
        if (value is FindingRaised finding)
        {
            found.Add(finding.Finding);
        }
    }

    private void Accept(RecordedEvent value, long bootNs) => detectors.Accept(value with { BootTimeNs = bootNs }, this);
}
