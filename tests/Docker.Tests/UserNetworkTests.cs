using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A network of the job's own: the container asks dockerd at 127.0.0.11, and dockerd asks the machine's resolver, with
/// a socket of its own in the container's network namespace.
/// </summary>
public sealed class UserNetworkTests(ContainerLab lab) : OutwardCall(lab)
{
    // $0 is the image, $@ what to run in the container.
    private const string Script = """
        docker network create job-network >/dev/null || exit
        docker run --rm --network job-network "$0" "$@"
        code=$?
        docker network rm job-network >/dev/null
        exit $code
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, BaseImage.Name, .. target.Command];
}
