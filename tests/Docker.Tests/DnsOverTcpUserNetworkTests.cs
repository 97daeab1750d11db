using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// On a network of the job's own the container asks dockerd at 127.0.0.11 over TCP, and dockerd asks the machine's resolver
/// over TCP, with a socket of its own in the container's network namespace.
/// </summary>
public sealed class DnsOverTcpUserNetworkTests(ContainerLab lab) : OutwardCall(lab)
{
    // $0 is the image, $@ what to run in the container.
    private const string Script = """
        docker network create tcp-network >/dev/null || exit
        docker run --rm --network tcp-network "$0" "$@"
        code=$?
        docker network rm tcp-network >/dev/null
        exit $code
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, BaseImage.Name, "sh", "-c", DnsOverTcpTests.Ask, "sh", target.Host, .. target.Command];
}
