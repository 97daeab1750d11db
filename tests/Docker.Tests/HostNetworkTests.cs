using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary><c>--network host</c>: the machine's own namespace, the container's cgroup.</summary>
public sealed class HostNetworkTests(ContainerLab lab) : OutwardCall(lab)
{
    protected override string? Finding => "privileged-container";

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["docker", "run", "--rm", "--network", "host", BaseImage.Name, .. target.Command];
}
