using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Services of docker-compose on the network that it makes for its project: what passes between them is not egress (HARDENING
/// rule A), and what one of them calls outside is the job's.
/// </summary>
public sealed class ComposeTests(ContainerLab lab)
{
    // $1 a folder, $2 the image, then what the service `app` runs: its output and its exit code.
    private const string Script = """
        cd "$1"; image=$2; shift 2
        cat >compose.yml <<END
        services:
          db: { image: "$image", command: ["sh", "-c", "echo pong >/tmp/ping && httpd -f -p 5432 -h /tmp"] }
          app: { image: "$image", depends_on: [db] }
        END
        code=0
        docker-compose --project-name lab run --rm -T app "$@" || code=$?
        docker-compose --project-name lab down --timeout 0
        exit $code
        """;

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Block)]
    public async Task A_service_reaches_another_by_its_name(LabMode mode)
    {
        JobRun job = await RunAsync(mode, ["sh", "-c", $"until {Destination.Wget} http://db:5432/ping; do sleep 0.2; done"]);
        job.Succeeded();
        Assert.Contains("pong", job.Output.Split('\n'));
        if (mode != LabMode.Off)
        {
            job.RefusedNoConnection();
            job.FoundNothing();
        }
    }

    [Fact]
    public async Task What_a_service_calls_outside_is_refused_and_is_its_containers()
    {
        Destination control = Destination.ForbiddenAddress();
        (await RunAsync(LabMode.Off, control.Command)).Reached(control);

        Destination to = Destination.ForbiddenAddress();
        JobRun job = await ContainerLab.UntilAsync(run => run.HasNames, async () =>
        {
            to = Destination.ForbiddenAddress();
            JobRun run = await RunAsync(LabMode.Block, to.Command);
            run.Failed();
            run.DidNotReach(to);
            return run;
        });
        ReportedConnection call = job.Report.ConnectionsTo(to.Address, Destination.Port).First(row => row.Verdict == "refused" && row.Process is not null);
        Assert.Contains(to.Url, job.Report.ProcessOf(call).Argv);
        ReportedContainer container = Assert.Single(job.Report.Containers, row => row.Id == call.Container);
        Assert.StartsWith("lab_app", container.Name, StringComparison.Ordinal);
        Assert.Equal(BaseImage.Name, container.Image);
    }

    private async Task<JobRun> RunAsync(LabMode mode, IEnumerable<string> command)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker-compose"), "docker-compose is not installed");
        return await lab.JobAsync(mode, ["sh", "-c", Script, "sh", lab.NewFolder(), BaseImage.Name, .. command]);
    }
}
