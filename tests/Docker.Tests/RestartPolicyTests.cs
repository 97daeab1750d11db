using Sallyport.Docker.Tests.Machine;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A container that fails at first and calls out when dockerd starts it again: nobody asks for that second start
/// (HARDENING rule 10), and its cgroup is a new one under the same name.
/// </summary>
public sealed class RestartPolicyTests(ContainerLab lab) : OutwardCall(lab)
{
    // The first start leaves a mark and fails; the second calls out and writes its exit code.
    private const string Script = """
        set -e
        folder=$1; image=$2; shift 2
        mkfifo "$folder/result"
        container=$(docker run --detach --restart on-failure:1 --volume "$folder:/shared" "$image" sh -c '
            if [ ! -e /shared/started ]; then touch /shared/started; exit 1; fi
            "$@"
            echo $? >/shared/result' sh "$@")
        read -r code <"$folder/result"
        docker rm --force "$container" >/dev/null
        exit "$code"
        """;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, "sh", Lab.NewFolder(), BaseImage.Name, .. target.Command];
}
