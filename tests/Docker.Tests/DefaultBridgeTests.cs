using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary><c>docker run</c> as most workflows use it. The container asks the machine's resolver itself.</summary>
public sealed class DefaultBridgeTests(ContainerLab lab) : OutwardCall(lab)
{
    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["docker", "run", "--rm", BaseImage.Name, .. target.Command];

    [Fact]
    public async Task The_report_knows_the_containers_name_and_image()
    {
        JobRun job = await Lab.JobAsync(
            LabMode.Audit,
            ["docker", "run", "--rm", "--name", "named-by-the-job", BaseImage.Name, "true"]);

        job.Succeeded();
        ReportedContainer container = Assert.Single(job.Report.Containers);
        Assert.Equal("named-by-the-job", container.Name);
        Assert.Equal(BaseImage.Name, container.Image);
    }

    [Fact]
    public Task Block_tells_at_once_that_a_refused_name_does_not_exist() => TellsAtOnceAsync();

    [Theory]
    [InlineData("sni")]
    [InlineData("host")]
    public Task Another_name_at_an_allowed_address_is_refused_at_once(string where) =>
        new OtherName(Lab, where).ProveAsync((options, command) => ["docker", "run", "--rm", .. options, BaseImage.Name, .. command]);

    [Fact]
    public async Task A_flow_that_the_machine_forwards_is_reported_once()
    {
        Destination to = Destination.Forbidden();
        JobRun job = await Lab.JobAsync(LabMode.Audit, CommandFor(to));

        job.Succeeded();
        Assert.Single(job.Report.ConnectionsTo(to.Address, Destination.Port));
    }

    [Fact]
    public async Task An_allowed_name_in_the_containers_hosts_file_leases_nothing()
    {
        (await Lab.JobAsync(LabMode.Off, Forge(out Destination control))).Reached(control);
        JobRun audit = await Lab.JobAsync(LabMode.Audit, Forge(out Destination seen));
        audit.Reached(seen);
        Assert.NotNull(Assert.Single(audit.CallsTo(seen)).Container);

        JobRun job = await Lab.JobAsync(LabMode.Block, Forge(out Destination to));

        job.Failed();
        job.DidNotReach(to);
    }

    /// <summary>A call of an allowed name that <c>--add-host</c> leads to the attacker.</summary>
    private static string[] Forge(out Destination to)
    {
        to = Destination.Allowed() with { Address = LabAddresses.Attacker };
        return ["docker", "run", "--rm", "--add-host", $"{to.Host}:{to.Address}", BaseImage.Name, .. to.Command];
    }
}
