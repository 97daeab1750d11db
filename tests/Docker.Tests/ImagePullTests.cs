using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// <c>docker pull</c>: dockerd asks for the registry's name and connects to it, in a process that is not of the job. It
/// acts for the job (DESIGN §3). The stand-in registry says nothing that a client could use: every pull fails.
/// </summary>
public sealed class ImagePullTests(ContainerLab lab)
{
    private const int Port = 443;
    private const string AllowedRegistry = "registry.allowed.test";

    [Fact]
    public async Task The_registry_is_asked_for_and_connected_to_while_the_agent_is_off() =>
        await ControlAsync(Forbidden());

    [Fact]
    public async Task Audit_reports_name_and_connection_of_the_daemon()
    {
        string registry = Forbidden();

        JobRun job = await lab.JobAsync(LabMode.Audit, Pull(registry));

        Assert.NotEqual(0, job.PacketsTo(LabAddresses.Attacker, Port));
        Assert.Contains(job.Report.QuestionsFor(registry), row => row.Verdict == "observed");
        Assert.Contains(
            job.Report.ConnectionsTo(LabAddresses.Attacker, Port),
            row => row.Verdict == "observed" && row.Destination == registry && job.Report.IsByTheDaemon(row));
    }

    [Fact]
    public async Task Block_refuses_the_question_of_the_daemon()
    {
        await ControlAsync(Forbidden());
        string registry = Forbidden();

        JobRun job = await lab.JobAsync(LabMode.Block, Pull(registry));

        job.Failed();
        Assert.Equal(0, job.QuestionsFor(registry));
        Assert.Equal(0, job.PacketsTo(LabAddresses.Attacker, Port));
        Assert.Contains(job.Report.QuestionsFor(registry), row => row.Verdict == "refused" && job.Report.IsByTheDaemon(row));
    }

    [Fact]
    public async Task Block_refuses_a_registry_that_is_given_by_its_address()
    {
        const string registry = $"{LabAddresses.Attacker}:443";
        Assert.NotEqual(0, (await lab.JobAsync(LabMode.Off, Pull(registry))).PacketsTo(LabAddresses.Attacker, Port));

        JobRun job = await lab.JobAsync(LabMode.Block, Pull(registry));

        job.Failed();
        Assert.Equal(0, job.PacketsTo(LabAddresses.Attacker, Port));
        Assert.Contains(
            job.Report.ConnectionsTo(LabAddresses.Attacker, Port), row => row.Verdict == "refused" && job.Report.IsByTheDaemon(row));
    }

    [Fact]
    public async Task Block_lets_the_daemon_reach_an_allowed_registry()
    {
        JobRun job = await lab.JobAsync(LabMode.Block, Pull(AllowedRegistry));

        Assert.True(job.Said(AllowedRegistry), job.ToString());
        job.RefusedNothing();
        job.FoundNothing();
    }

    private Task ControlAsync(string registry) => lab.ControlAsync(nameof(ImagePullTests), async () =>
    {
        JobRun control = await lab.JobAsync(LabMode.Off, Pull(registry));
        Assert.NotEqual(0, control.QuestionsFor(registry));
        Assert.NotEqual(0, control.PacketsTo(LabAddresses.Attacker, Port));
    });

    private static string Forbidden() => Destination.Forbidden().Host;

    private static string[] Pull(string registry) => ["timeout", "10", "docker", "pull", $"{registry}/job/image:1"];
}
