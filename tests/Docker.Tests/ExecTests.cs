using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary><c>docker exec</c> into a container that the job itself started before.</summary>
public sealed class ExecTests(ContainerLab lab) : OutwardCall(lab)
{
    // $0 is the image, $@ what to run in the container.
    private const string Script = """
        container=$(docker run --detach --rm "$0" sleep 60) || exit
        docker exec "$container" "$@"
        code=$?
        docker rm --force "$container" >/dev/null
        exit $code
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, BaseImage.Name, .. target.Command];
}
