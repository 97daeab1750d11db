using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class SudoChangedDetectorTests
{
    [Theory]
    [InlineData("/etc/sudoers", true)]
    [InlineData("/etc/sudoers.d/runner", true)]
    [InlineData("/etc/pam.d/sudo", true)]
    [InlineData("/etc/ld.so.preload", true)]
    [InlineData("/etc/sudoers.dist", false)]
    [InlineData("/home/me/etc/sudoers", false)]
    [InlineData("/etc/ld.so.cache", false)]
    public void A_file_that_says_who_may_become_root_is_a_finding(string path, bool isFound) => Assert.Equal(isFound, Found(path, null));

    [Fact]
    public void What_a_container_writes_there_is_one_too() => Assert.True(Found("/etc/sudoers", new string('a', 64)));

    private static bool Found(string path, string? container)
    {
        var sink = new Findings();
        new Detectors().Accept(
            new FileChanged(path, "written", false, null, null, null, false, 1, "p1", null, container) { BootTimeNs = 1 }, sink);
        return sink.Ids.Contains("sudo-changed");
    }

    private sealed class Findings : IEventSink<RecordedEvent>
    {
        public List<string> Ids { get; } = [];

        public void Accept(RecordedEvent value) => Ids.AddRange(value is FindingRaised finding ? [finding.Finding] : Array.Empty<string>());
    }
}
