using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Whose a container is, where several processes of one job ask at once: each call from inside leads back to the very client
/// that asked for it, by the chain of parents in the report. The client has the call's URL in its argv, nobody else's has.
/// </summary>
public sealed class AskerTests(ContainerLab lab)
{
    // Each argument from $3 on is a URL; $1 is the image, $2 what comes before the URL. All run at the same time.
    private const string AllAtOnce = """
        image=$1; call=$2; shift 2
        for url in "$@"; do docker run --rm "$image" $call "$url" & done
        wait
        """;

    private const string ExecsAtOnce = """
        image=$1; call=$2; shift 2
        container=$(docker run --detach --rm --runtime "$RUNTIME" "$image" sleep 60) || exit
        for url in "$@"; do docker exec "$container" $call "$url" & jobs="$jobs $!"; done
        wait $jobs
        docker rm --force "$container" >/dev/null
        """;

    // The container calls only when its client has ended.
    private const string Detached = """
        set -e
        image=$1; folder=$4; url=$3
        mkfifo "$folder/go"
        container=$(docker run --detach --volume "$folder:/shared" "$image" \
            sh -c 'read -r line </shared/go && exec "$@"' sh $2 "$url")
        echo go >"$folder/go"
        docker wait "$container" >/dev/null
        docker restart --time 0 "$container" >/dev/null
        echo go >"$folder/go"
        docker wait "$container" >/dev/null
        docker rm --force "$container" >/dev/null
        """;

    private const string BuildsAtOnce = """
        folder=$1; call=$2; shift 2
        for url in "$@"; do
            docker build --no-cache --build-arg "URL=$url" "$folder" >&2 &
            jobs="$jobs $!"
            [ "$AT_ONCE" ] || wait
        done
        wait $jobs
        """;

    // The engine's API as a library uses it: several requests on one connection, nothing of the docker program.
    private const string ByApi = """
        set -e
        api() { curl --silent --show-error --fail-with-body --unix-socket /run/docker.sock "$@"; }
        host=http://docker/v1.41
        id=$(api --header 'Content-Type: application/json' --data \
            "{\"Image\":\"$1\",\"Cmd\":[\"sh\",\"-c\",\"$2 $3\"]}" "$host/containers/create" \
            | sed 's/.*"Id":"\([0-9a-f]*\)".*/\1/')
        api --request POST "$host/containers/$id/start" --next --unix-socket /run/docker.sock \
            --request POST "$host/containers/$id/wait"
        api --request DELETE "$host/containers/$id"
        """;

    private const string Dockerfile = $"""
        FROM {BaseImage.Name}
        ARG URL
        RUN {Destination.Wget} "$URL"
        """;

    [Fact]
    public Task Containers_started_at_once() => LeadsBackAsync(["sh", "-c", AllAtOnce, "sh", BaseImage.Name], 6);

    [Theory]
    [InlineData("runc")]
    [InlineData(DockerDaemon.CloningRuntime)]
    public Task Execs_at_once_in_one_container(string runtime) =>
        LeadsBackAsync(["env", $"RUNTIME={runtime}", "sh", "-c", ExecsAtOnce, "sh", BaseImage.Name], 4);

    [Fact]
    public Task A_container_that_outlives_its_client_and_starts_again() =>
        LeadsBackAsync(["sh", "-c", Detached, "sh", BaseImage.Name], 1, Folder);

    [Fact]
    public Task A_classic_build() =>
        LeadsBackAsync(["env", "DOCKER_BUILDKIT=0", "sh", "-c", BuildsAtOnce, "sh", lab.NewContext(Dockerfile)], 2);

    [Fact]
    public Task A_BuildKit_build() =>
        LeadsBackAsync(["env", "DOCKER_BUILDKIT=1", "sh", "-c", BuildsAtOnce, "sh", lab.NewContext(Dockerfile)], 2);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Of_builds_at_once_the_report_says_that_it_guessed(int buildKit)
    {
        Destination[] to = [Destination.Forbidden(), Destination.Forbidden()];

        JobRun job = await lab.JobAsync(LabMode.Audit, [
            "env", "AT_ONCE=1", $"DOCKER_BUILDKIT={buildKit}", "sh", "-c", BuildsAtOnce, "sh",
            lab.NewContext(Dockerfile), Destination.Wget, to[0].Url, to[1].Url,
        ]);

        job.Succeeded();
        Assert.All(to, job.Reached);
        Assert.Contains(job.Report.Containers, row => row.StepInferred);
    }

    [Fact]
    public async Task A_container_made_by_the_api_alone()
    {
        Destination to = Destination.Forbidden();

        JobRun job = await lab.JobAsync(
            LabMode.Audit, ["sh", "-c", ByApi, "sh", BaseImage.Name, Destination.Wget, to.Url]);

        job.Succeeded();
        ReportedProcess asker = AskerOf(job, to);
        Assert.Equal("/usr/bin/curl", asker.Exe);
        Assert.Contains(asker.Argv, argument => argument.Contains(to.Url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_client_writes_and_reads_passes_both_ways_and_ends_both_ways()
    {
        JobRun job = await lab.JobAsync(LabMode.Block, [
            "sh", "-c", "seq 1 200000 | docker run --rm --interactive \"$0\" cat | cksum; seq 1 200000 | cksum",
            BaseImage.Name,
        ]);

        job.Succeeded();
        string[] sums = job.Output.Split('\n');
        Assert.Equal(2, sums.Length);
        Assert.Equal(sums[1], sums[0]);
    }

    private static string[] Folder(ContainerLab lab) => [lab.NewFolder()];

    private async Task LeadsBackAsync(string[] script, int count, Func<ContainerLab, string[]>? after = null)
    {
        Destination[] to = [.. Enumerable.Range(0, count).Select(_ => Destination.Forbidden())];

        JobRun job = await lab.JobAsync(
            LabMode.Audit, [.. script, Destination.Wget, .. to.Select(one => one.Url), .. after?.Invoke(lab) ?? []]);

        job.Succeeded();
        foreach (Destination one in to)
        {
            job.Reached(one);
            ReportedProcess asker = AskerOf(job, one);
            Assert.Equal("/usr/bin/docker", asker.Exe);
            Assert.Contains(asker.Argv, argument => argument.EndsWith(one.Url, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(job.Report.Containers, row => row.StepInferred);
    }

    /// <summary>Of every connection to it the same.</summary>
    private static ReportedProcess AskerOf(JobRun job, Destination to)
    {
        ReportedProcess?[] askers =
        [
            .. job.Report.ConnectionsTo(to.Address, Destination.Port)
                .Where(row => row.Destination == to.Host && row.Process is not null)
                .Select(row => job.Report.AskerOf(job.Report.ProcessOf(row))),
        ];
        Assert.NotEmpty(askers);
        ReportedProcess? first = askers[0];
        Assert.NotNull(first);
        Assert.All(askers, asker => Assert.Equal(first.Id, asker?.Id));
        return first;
    }
}
