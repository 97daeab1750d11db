using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary><c>--network host</c>: the machine's own namespace, the container's cgroup.</summary>
public sealed class HostNetworkTests(ContainerLab lab) : OutwardCall(lab)
{
    protected override string? Finding => "privileged-container";

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["docker", "run", "--rm", "--network", "host", BaseImage.Name, .. target.Command];

    [Fact]
    public Task Block_tells_at_once_that_a_refused_name_does_not_exist() => TellsAtOnceAsync();
}
