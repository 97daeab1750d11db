using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A RUN line of <c>docker build</c> that calls out. The call is an argument, so that no layer is reused.
/// </summary>
public abstract class BuildTests(ContainerLab lab) : OutwardCall(lab)
{
    private const string Dockerfile = $"""
        FROM {BaseImage.Name}
        ARG CALL
        RUN $CALL
        """;

    /// <summary>Value of DOCKER_BUILDKIT.</summary>
    protected abstract int BuildKit { get; }

    /// <summary>More of the client's.</summary>
    protected virtual IEnumerable<string> Options => [];

    protected override IEnumerable<string> CommandFor(Destination target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return
        [
            "env", $"DOCKER_BUILDKIT={BuildKit}",
            "docker", "build", "--no-cache", .. Options, "--build-arg", $"CALL={string.Join(' ', target.Command)}", Lab.NewContext(Dockerfile),
        ];
    }

    [Fact]
    public Task Block_tells_at_once_that_a_refused_name_does_not_exist() => TellsAtOnceAsync();
}
