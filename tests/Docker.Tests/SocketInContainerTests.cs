using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A container that was given Docker's socket asks the daemon for a second container, and that one calls out.
/// </summary>
public sealed class SocketInContainerTests(ContainerLab lab) : OutwardCall(lab)
{
    protected override string? Finding => "privileged-container";

    protected override IEnumerable<string> CommandFor(Destination target) =>
    [
        "docker", "run", "--rm", "--volume", "/run/docker.sock:/var/run/docker.sock",
        .. BaseImage.WithThisMachinesPrograms, BaseImage.Name,
        "docker", "run", "--rm", BaseImage.Name, .. target.Command,
    ];
}
