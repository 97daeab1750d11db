using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>A network of the job's own with IPv6: names of which only an IPv6 address is known, and such an address.</summary>
public sealed class UserNetwork6Tests(ContainerLab lab) : OutwardCall(lab)
{
    // $0 is the image, $@ what to run in the container.
    private const string Script = """
        docker network create --ipv6 --subnet 2001:db8:0:3::/64 job-network-6 >/dev/null || exit
        docker run --rm --network job-network-6 "$0" "$@"
        code=$?
        docker network rm job-network-6 >/dev/null
        exit $code
        """;

    protected override Destination Forbidden => Destination.Forbidden6();

    protected override Destination ForbiddenAddress => Destination.ForbiddenAddress6();

    protected override Destination Allowed => Destination.Allowed6();

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, BaseImage.Name, .. target.Command];
}
