using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>The classic builder: each RUN is a container like any other, made by containerd's shim.</summary>
public sealed class ClassicBuildTests(ContainerLab lab) : BuildTests(lab)
{
    protected override int BuildKit => 0;

    /// <summary>What the lines before this one have made.</summary>
    protected override string? Image => "^sha256:[0-9a-f]{64}$";
}
