using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>IPv6 on the default bridge.</summary>
public sealed class InternetProtocol6Tests(ContainerLab lab)
{
    [Fact]
    public async Task A_bare_address_is_reached_while_the_agent_is_off() => await ControlAsync();

    [Fact]
    public async Task Audit_lets_it_pass_and_reports_it_with_its_container()
    {
        Destination to = Destination.ForbiddenAddress6();

        JobRun job = await lab.JobAsync(LabMode.Audit, CommandFor(to));

        job.Succeeded();
        job.Reached(to);
        ReportedConnection call = Assert.Single(job.Report.ConnectionsTo(to.Address, Destination.Port));
        Assert.Equal("observed", call.Verdict);
        Assert.NotNull(call.Container);
    }

    [Fact]
    public async Task Block_refuses_it_and_nothing_reaches_the_server()
    {
        await ControlAsync();
        Destination to = Destination.ForbiddenAddress6();

        JobRun job = await lab.JobAsync(LabMode.Block, CommandFor(to));

        job.Failed();
        job.DidNotReach(to);
        Assert.Contains(job.Report.ConnectionsTo(to.Address, Destination.Port), row => row.Verdict == "refused");
    }

    private Task ControlAsync() => lab.ControlAsync(nameof(InternetProtocol6Tests), async () =>
    {
        Destination to = Destination.ForbiddenAddress6();
        JobRun control = await lab.JobAsync(LabMode.Off, CommandFor(to));
        control.Succeeded();
        control.Reached(to);
    });

    private static string[] CommandFor(Destination target) =>
        ["docker", "run", "--rm", BaseImage.Name, .. target.Command];
}
