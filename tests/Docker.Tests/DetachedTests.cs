using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>A container that calls out when the client that started it has long ended.</summary>
public sealed class DetachedTests(ContainerLab lab) : OutwardCall(lab)
{
    // The container waits at a named pipe that is written after `docker run` returned.
    private const string Script = """
        set -e
        folder=$1; image=$2; shift 2
        mkfifo "$folder/go"
        container=$(docker run --detach --volume "$folder:/shared" "$image" \
            sh -c 'read -r line </shared/go && exec "$@"' sh "$@")
        echo go >"$folder/go"
        code=$(docker wait "$container")
        docker rm --force "$container" >/dev/null
        exit "$code"
        """;

    [Fact]
    public async Task A_container_that_lives_on_is_named_at_the_end()
    {
        JobRun job = await ContainerLab.UntilAsync(run => run.Summary.Contains(LeftOver(run), StringComparison.Ordinal), async () =>
        {
            JobRun run = await Lab.JobAsync(LabMode.Block, ["docker", "run", "--detach", "--name", "left-over", BaseImage.Name, "sleep", "300"]);
            run.Succeeded();
            _ = await Lab.OutsideAsync("docker", "rm", "--force", "left-over");
            return run;
        });
        Assert.Contains(LeftOver(job), job.Summary, StringComparison.Ordinal);
    }

    private static string LeftOver(JobRun job) =>
        $"\n**1 left running**\n\n- container {job.Output[..12]} `left-over  {BaseImage.Name}`\n";

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["sh", "-c", Script, "sh", Lab.NewFolder(), BaseImage.Name, .. target.Command];
}
