using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// BuildKit inside dockerd: runc is dockerd's own child, and the cgroup's name is no container id of Docker.
/// </summary>
public sealed class BuildKitTests(ContainerLab lab) : BuildTests(lab)
{
    protected override int BuildKit => 1;

    protected override bool HasDockerId => false;

    /// <summary>A step runs in what the steps before it left, which has no name.</summary>
    protected override string? Image => null;

    protected override string Name => "^build of job/app:7$";

    protected override IEnumerable<string> Options => ["--tag", "job/app:7"];
}
