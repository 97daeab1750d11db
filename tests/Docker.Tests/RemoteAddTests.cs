using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// <c>ADD http://…</c> in a Dockerfile: no container fetches it, but dockerd (or the BuildKit in it) does.
/// </summary>
public sealed class RemoteAddTests(ContainerLab lab)
{
    private const string Dockerfile = $"""
        FROM {BaseImage.Name}
        ARG URL
        ADD $URL /tmp/added
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_daemon_fetches_the_file_while_the_agent_is_off(int buildKit) => await ControlAsync(buildKit);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Audit_reports_name_and_connection_of_the_daemon(int buildKit)
    {
        Destination to = Destination.Forbidden();

        JobRun job = await lab.JobAsync(LabMode.Audit, Build(buildKit, to));

        job.Succeeded();
        job.Reached(to);
        Assert.Contains(job.Report.QuestionsFor(to.Host), row => row.Verdict == "observed");
        Assert.Contains(
            job.Report.ConnectionsTo(to.Address, Destination.Port),
            row => row.Verdict == "observed" && row.Destination == to.Host && job.Report.IsByTheDaemon(row));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Block_refuses_the_daemon(int buildKit)
    {
        await ControlAsync(buildKit);
        Destination to = Destination.Forbidden();

        JobRun job = await lab.JobAsync(LabMode.Block, Build(buildKit, to));

        job.Failed();
        job.DidNotReach(to);
        Assert.Contains(job.Report.QuestionsFor(to.Host), row => row.Verdict == "refused" && job.Report.IsByTheDaemon(row));
    }

    private Task ControlAsync(int buildKit) => lab.ControlAsync($"{nameof(RemoteAddTests)} {buildKit}", async () =>
    {
        Destination to = Destination.Forbidden();
        JobRun control = await lab.JobAsync(LabMode.Off, Build(buildKit, to));
        control.Succeeded();
        control.Reached(to);
    });

    private string[] Build(int buildKit, Destination to) =>
    [
        "env", $"DOCKER_BUILDKIT={buildKit}",
        "docker", "build", "--no-cache", "--build-arg", $"URL={to.Url}", lab.NewContext(Dockerfile),
    ];
}
