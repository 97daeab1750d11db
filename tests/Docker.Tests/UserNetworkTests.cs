using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A network of the job's own: the container asks dockerd at 127.0.0.11, and dockerd asks the machine's resolver, with
/// a socket of its own in the container's network namespace.
/// </summary>
public sealed class UserNetworkTests(ContainerLab lab) : OutwardCall(lab)
{
    // $0 is the image, $@ what to run in the container, $options more options of docker.
    private const string Script = """
        docker network create job-network >/dev/null || exit
        docker run --rm --network job-network $options "$0" "$@"
        code=$?
        docker network rm job-network >/dev/null
        exit $code
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, BaseImage.Name, .. target.Command];

    [Fact]
    public Task Block_tells_at_once_that_a_refused_name_does_not_exist() => TellsAtOnceAsync();

    [Fact]
    public Task Another_name_at_an_allowed_address_is_refused_at_once() =>
        new OtherName(Lab, "sni").ProveAsync((options, command) => ["env", $"options={string.Join(' ', options)}", "sh", "-c", Script, BaseImage.Name, .. command]);
}
