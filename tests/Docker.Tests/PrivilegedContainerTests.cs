using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// R1, R2: a container that has so much of its machine that it can take it over, whoever asks for it and how. Each shows that it
/// does where that can be seen from within. One that has nothing of it is no finding.
/// </summary>
public sealed class PrivilegedContainerTests(ContainerLab lab)
{
    private const string Finding = "privileged-container";

    /// <summary>By Docker's API: the job makes the container and starts it without the client.</summary>
    private const string ByApi = """
        api() { curl -sS --fail --unix-socket /var/run/docker.sock -H 'Content-Type: application/json' "$@"; }
        id=$(api -d "{\"Image\":\"$image\",\"Cmd\":[\"sleep\",\"2\"],\"HostConfig\":{\"PidMode\":\"host\"}}" http://x/containers/create | sed 's/.*"Id":"\([0-9a-f]*\)".*/\1/')
        api -X POST http://x/containers/$id/start
        api -X POST http://x/containers/$id/wait
        docker rm --force $id
        """;

    [Theory]
    [InlineData("docker run --rm --pid host $image sh -c 'ls -d /proc/[0-9]* | wc -l; sleep 1'", "pids")]
    [InlineData("docker run --rm --network host $image sleep 1", "network")]
    [InlineData("docker run --rm --volume /:/host $image sh -c 'test -d /host/etc && sleep 1'", "files")]
    [InlineData("docker run --rm --volume /var/run/docker.sock:/x $image sh -c 'test -S /x && sleep 1'", "runtime-socket")]
    [InlineData("docker run --rm --cap-add SYS_ADMIN --pid host $image sleep 1", "capabilities, pids")]
    [InlineData("id=$(docker create --mount type=bind,source=/etc,target=/x $image sleep 2); docker start $id; docker wait $id; docker rm $id", "files")]
    [InlineData(ByApi, "pids")]
    public async Task What_a_container_has_of_its_machine_is_found(string script, string access)
    {
        JobRun job = await RunAsync(script, isFound: true);
        var finding = Assert.Single(job.Report.Findings, finding => finding.Id == Finding);
        Assert.Equal(access, finding.Evidence["has"]);
        Assert.Equal(BaseImage.Name, finding.Evidence["image"]);
    }

    /// <summary>Not every machine that runs this may give all capabilities.</summary>
    [Fact]
    public async Task A_privileged_one_is_found()
    {
        string[] command = ["docker", "run", "--rm", "--privileged", BaseImage.Name, "sleep", "1"];
        JobRun control = await lab.JobAsync(LabMode.Off, command);
        Assert.SkipWhen(control.ExitCode != 0, $"no privileged container begins here: {control}");
        JobRun job = await AuditAsync(command, isFound: true);
        var finding = Assert.Single(job.Report.Findings, finding => finding.Id == Finding);
        Assert.Contains("privileged", finding.Evidence["has"], StringComparison.Ordinal);
    }

    private const string Compose = """
        printf 'services: { one: { image: "%s", command: sleep 1, network_mode: bridge, EXTRA } }\n' $image > compose.yml
        docker-compose --project-name lab up; docker-compose --project-name lab down
        """;

    [Theory]
    [InlineData("pid: host", "pids")]
    [InlineData("volumes: [/:/host], pid: host", "files, pids")]
    [InlineData("volumes: [.:/work]", null)]
    public async Task What_a_container_of_compose_has_of_its_machine_is_found(string extra, string? access)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker-compose"), "docker-compose is not installed");
        JobRun job = await RunAsync(Compose.Replace("EXTRA", extra, StringComparison.Ordinal), isFound: access is not null);
        var findings = job.Report.Findings.Where(finding => finding.Id == Finding).Select(finding => finding.Evidence["has"]);
        Assert.Equal(access is null ? [] : [access], findings);
    }

    [Theory]
    [InlineData("docker run --rm $image sleep 1")]
    [InlineData("docker run --rm --volume \"$PWD:/work\" --volume named:/data --cap-add NET_ADMIN --publish 17099:80 $image sleep 1; docker volume rm named")]
    public async Task One_that_has_nothing_of_it_is_none(string script)
    {
        JobRun job = await RunAsync(script, isFound: false);
        Assert.DoesNotContain(job.Report.Findings, finding => finding.Id == Finding);
    }

    private async Task<JobRun> RunAsync(string script, bool isFound)
    {
        string[] command = ["sh", "-ec", $"image={BaseImage.Name}\n{script}"];
        (await lab.JobAsync(LabMode.Off, command)).Succeeded();
        return await AuditAsync(command, isFound);
    }

    /// <summary>What a container has, the daemon tells while it is there.</summary>
    private Task<JobRun> AuditAsync(string[] command, bool isFound) =>
        ContainerLab.UntilAsync(run => !isFound || run.Report.Findings.Any(finding => finding.Id == Finding), async () =>
        {
            JobRun run = await lab.JobAsync(LabMode.Audit, command);
            run.Succeeded();
            return run;
        });
}
