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
        JobRun job = await ContainerLab.UntilAsync(
            run => run.HasNames,
            () => Lab.JobAsync(LabMode.Audit, ["docker", "run", "--rm", "--name", "named-by-the-job", BaseImage.Name, "true"]));

        job.Succeeded();
        ReportedContainer container = Assert.Single(job.Report.Containers);
        Assert.Equal("named-by-the-job", container.Name);
        Assert.Equal(BaseImage.Name, container.Image);
    }

    [Fact]
    public Task Block_tells_at_once_that_a_refused_name_does_not_exist() => TellsAtOnceAsync();

    /// <summary>Whether an inward address leaves the machine is known at its last device alone, where no socket is seen that could be closed.</summary>
    [Theory]
    [InlineData(LabAddresses.Private)]
    [InlineData(LabAddresses.Metadata)]
    public async Task A_container_that_calls_an_inward_address_is_seen_and_refused_at_once(string address)
    {
        Destination seen = new(address, address, Destination.NewToken());
        await Lab.ControlAsync($"inward {address}", async () => (await Lab.JobAsync(LabMode.Off, CommandFor(seen))).Reached(seen));
        JobRun audit = await Lab.JobAsync(LabMode.Audit, CommandFor(seen));
        audit.Reached(seen);
        Assert.Contains(audit.Report.ConnectionsTo(address, Destination.Port), row => row.Verdict == "observed" && row.Container is not null);

        JobRun job = await ContainerLab.UntilAsync(
            run => run.ExitCode == 0,
            async () =>
            {
                JobRun run = await Lab.JobAsync(
                    LabMode.Block,
                    ["docker", "run", "--rm", BaseImage.Name, "at-once", "refused", "wget", "-q", "-O-", $"http://{address}/{Destination.NewToken()}"]);
                Assert.Equal(0, run.PacketsTo(address, Destination.Port));
                return run;
            },
            attempts: 5);

        job.Succeeded();
        Assert.Contains(job.Report.ConnectionsTo(address, Destination.Port), row => row.Verdict == "refused");
    }

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

    /// <summary>R7: root of the job empties the chain that Docker leaves to the machine's owner, as Shai-Hulud 2.0 did.</summary>
    [Fact]
    public async Task With_the_machines_own_filter_of_containers_emptied_it_is_refused_as_before()
    {
        (await Lab.JobAsync(LabMode.Off, Flush(out Destination control))).Reached(control);

        JobRun job = await Lab.JobAsync(LabMode.Block, Flush(out Destination to));

        job.Failed();
        job.DidNotReach(to);
        Assert.Contains(job.Report.ConnectionsTo(to.Address, Destination.Port), row => row.Verdict == "refused" && row.Container is not null);
        Assert.Contains(job.Report.Findings, finding => finding.Id == "firewall-flushed" && finding.Evidence["chain"] == "DOCKER-USER");
    }

    private static string[] Flush(out Destination to)
    {
        to = Destination.ForbiddenAddress();
        const string Script = "iptables -A DOCKER-USER -j RETURN; iptables -F DOCKER-USER; ! iptables -S DOCKER-USER | grep -q -- -j; exec docker run --rm \"$@\"";
        return ["sh", "-ec", Script, "sh", BaseImage.Name, .. to.Command];
    }

    /// <summary>A call of an allowed name that <c>--add-host</c> leads to the attacker.</summary>
    private static string[] Forge(out Destination to)
    {
        to = Destination.Allowed() with { Address = LabAddresses.Attacker };
        return ["docker", "run", "--rm", "--add-host", $"{to.Host}:{to.Address}", BaseImage.Name, .. to.Command];
    }
}
