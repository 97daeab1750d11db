using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// <c>podman run</c>, which has no daemon: what it starts is the job's by descent, a cgroup that the job's own runtime makes says which
/// container it is, and its store what that is called.
/// </summary>
public sealed class PodmanTests(ContainerLab lab)
{
    /// <summary>Of netavark; the last sixteen addresses that dockerd would give to a network.</summary>
    private const string Bridge = "of-the-job";

    // What podman keeps is on memory file systems of the laboratory's, at the places that it has on every machine.
    private const string Preparation = $"""
        mkdir -p /var/lib/containers /etc/containers/networks
        mount -t tmpfs none /var/lib/containers
        mount -t tmpfs none /etc/containers/networks
        podman --cgroup-manager cgroupfs --events-backend none import /run/lab/work/image.tar {BaseImage.Name}
        podman network create --disable-dns --subnet 198.51.100.240/28 {Bridge}
        """;

    [Theory]
    [InlineData("host")]
    [InlineData(Bridge)]
    public async Task What_a_container_sends_is_seen_with_its_process_and_refused(string network)
    {
        await PrepareAsync();
        foreach (Destination control in (Destination[])[Destination.Forbidden(), Destination.ForbiddenAddress()])
        {
            JobRun off = await lab.JobAsync(LabMode.Off, Run(network, control));
            off.Succeeded();
            off.Reached(control);
        }

        Destination seen = Destination.Forbidden();
        JobRun audit = await ContainerLab.UntilAsync(run => run.HasNames, async () =>
        {
            seen = Destination.Forbidden();
            JobRun run = await lab.JobAsync(LabMode.Audit, Run(network, seen));
            run.Succeeded();
            run.Reached(seen);
            return run;
        });
        ReportedConnection call = Assert.Single(audit.CallsTo(seen), row => row.Destination == seen.Host);
        Assert.Contains(audit.Report.QuestionsFor(seen.Host), row => row.Verdict == "observed");
        Assert.Equal(call.Container, audit.Report.ProcessOf(call).Container);
        ReportedContainer container = Assert.Single(audit.Report.Containers);
        Assert.Equal(call.Container, container.Id);
        Assert.Matches("^[0-9a-f]{64}$", container.Id);
        Assert.Equal(("named-by-the-job", $"localhost/{BaseImage.Name}", false), (container.Name, container.Image, container.StepInferred));

        Destination name = Destination.Forbidden();
        JobRun refused = await lab.JobAsync(LabMode.Block, Run(network, name));
        refused.Failed();
        refused.DidNotReach(name);
        Assert.Contains(refused.Report.QuestionsFor(name.Host), row => row.Verdict == "refused");

        Destination address = Destination.ForbiddenAddress();
        refused = await lab.JobAsync(LabMode.Block, Run(network, address));
        refused.Failed();
        refused.DidNotReach(address);
        Assert.Contains(
            refused.Report.ConnectionsTo(address.Address, Destination.Port), row => row.Verdict == "refused" && row.Container is not null);

        Destination allowed = Destination.Allowed();
        JobRun block = await lab.JobAsync(LabMode.Block, Run(network, allowed));
        block.Succeeded();
        block.Reached(allowed);
        block.RefusedNothing();
    }

    private IEnumerable<string> Run(string network, Destination target) =>
    [
        "podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "--events-backend", "none", "--log-level", "error",
        "run", "--rm", "--name", "named-by-the-job", "--cgroup-parent", lab.CgroupParent, "--network", network,
        "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", // those of this machine may be below podman's own
        BaseImage.Name, .. target.Command,
    ];

    private Task PrepareAsync()
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/podman") && File.Exists("/usr/lib/podman/netavark"),
            "podman with netavark (eng/packages.txt) is not installed");
        return lab.ControlAsync(nameof(PodmanTests), () => lab.OutsideAsync("sh", "-ec", Preparation));
    }
}
