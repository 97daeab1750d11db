using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Docker's socket reached by a path of the job's own making: what the kernel is given at connect() is not what the
/// daemon listens on, and the container is the job's all the same.
/// </summary>
public sealed class SocketByAnotherPathTests(ContainerLab lab) : OutwardCall(lab)
{
    // $1 is a folder, $2 the image, the rest what to run in the container.
    private const string Script = """
        folder=$1; image=$2; shift 2
        ln -s /run/docker.sock "$folder/link"
        exec docker --host "unix://$folder/link" run --rm "$image" "$@"
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, "sh", Lab.NewFolder(), BaseImage.Name, .. target.Command];
}
