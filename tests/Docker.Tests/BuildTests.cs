using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A RUN line of <c>docker build</c> that calls out. The URL is an argument, so that no layer is reused.
/// </summary>
public abstract class BuildTests(ContainerLab lab) : OutwardCall(lab)
{
    private const string Dockerfile = $"""
        FROM {BaseImage.Name}
        ARG URL
        RUN {Destination.Wget} "$URL"
        """;

    /// <summary>Value of DOCKER_BUILDKIT.</summary>
    protected abstract int BuildKit { get; }

    protected override IEnumerable<string> CommandFor(Destination target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return
        [
            "env", $"DOCKER_BUILDKIT={BuildKit}",
            "docker", "build", "--no-cache", "--build-arg", $"URL={target.Url}", Lab.NewContext(Dockerfile),
        ];
    }
}
