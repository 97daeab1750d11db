using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>The classic builder: each RUN is a container like any other, made by containerd's shim.</summary>
public sealed class ClassicBuildTests(ContainerLab lab) : BuildTests(lab)
{
    protected override int BuildKit => 0;
}
