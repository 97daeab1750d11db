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
        ReportedConnection call = Assert.Single(
            job.Report.ConnectionsTo(to.Address, Destination.Port), row => row.Process is not null);
        Assert.Equal("observed", call.Verdict);
        Assert.Equal(to.Address, call.Destination);
        Assert.NotNull(call.Container);
    }

    /// <summary>Neighbour and router discovery (RFC 4861), multicast listener reports (RFC 3810).</summary>
    [Fact]
    public async Task What_the_kernel_says_on_the_containers_own_link_is_neither_refused_nor_reported()
    {
        JobRun job = await lab.JobAsync(LabMode.Block, ["docker", "run", "--rm", BaseImage.Name, "sleep", "2"]);

        job.Succeeded();
        Assert.Empty(job.Report.Connections);
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
