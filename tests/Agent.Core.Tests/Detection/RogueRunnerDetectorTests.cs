using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class RogueRunnerDetectorTests : IEventSink<RecordedEvent>
{
    private readonly Detectors detectors = new();
    private readonly List<FindingRaised> found = [];

    [Theory]
    [InlineData("/work/a/.runner /work/a/.credentials", "/work/a")]
    [InlineData("/work/a/.credentials /work/a/.credentials /work/a/.runner /work/a/.runner", "/work/a")]
    [InlineData("/work/a/.runner /work/b/.credentials", null)]
    [InlineData("/work/a/.credentials /work/a/.credentials_rsaparams", null)]
    [InlineData("/work/a/x.runner /work/a/credentials", null)]
    public void Both_files_of_a_registration_in_one_folder_are_told_once(string paths, string? folder)
    {
        foreach (var path in paths.Split(' '))
        {
            detectors.Accept(new FileChanged(path, "created", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = 1 }, this);
        }

        Assert.Equal(folder is null ? [] : [folder], found.Select(finding => finding.Evidence["folder"]));
    }

    [Fact]
    public void Files_that_are_removed_are_none()
    {
        foreach (var path in (string[])["/work/a/.runner", "/work/a/.credentials"])
        {
            detectors.Accept(new FileChanged(path, "removed", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = 1 }, this);
        }

        Assert.Empty(found);
    }

    void IEventSink<RecordedEvent>.Accept(RecordedEvent value) =>
        found.AddRange(value is FindingRaised { Finding: "rogue-runner" } finding ? [finding] : Array.Empty<FindingRaised>());
}
