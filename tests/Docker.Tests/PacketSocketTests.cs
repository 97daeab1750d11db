using System.Globalization;
using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// HARDENING rule 5: a default container holds CAP_NET_RAW, so it can put a frame of its own making on its interface.
/// On the machine that frame is a forwarded packet like any other, without a socket.
/// </summary>
public sealed class PacketSocketTests(ContainerLab lab)
{
    private const int Port = 9999;

    [Fact]
    public async Task A_frame_reaches_the_world_while_the_agent_is_off() => await ControlAsync();

    [Fact]
    public async Task Audit_lets_the_frame_pass_and_reports_it()
    {
        string text = Destination.NewToken();

        JobRun job = await lab.JobAsync(LabMode.Audit, Send(text));

        job.Succeeded();
        Assert.True(job.Saw(text), job.ToString());
        Assert.Contains(job.Report.ConnectionsTo(LabAddresses.Attacker, Port), row => row.Verdict == "observed");
    }

    [Fact]
    public async Task Block_drops_the_frame_before_it_leaves_the_machine()
    {
        await ControlAsync();
        string text = Destination.NewToken();

        // A frame that is dropped behind the container's interface was sent, as far as the program can know.
        JobRun job = await lab.JobAsync(LabMode.Block, Send(text));

        Assert.Equal(0, job.PacketsTo(LabAddresses.Attacker, Port));
        Assert.Contains(job.Report.ConnectionsTo(LabAddresses.Attacker, Port), row => row.Verdict == "refused");
    }

    private Task ControlAsync() => lab.ControlAsync(nameof(PacketSocketTests), async () =>
    {
        string text = Destination.NewToken();
        JobRun control = await lab.JobAsync(LabMode.Off, Send(text));
        control.Succeeded();
        Assert.True(control.Saw(text), control.ToString());
    });

    private static string[] Send(string text) =>
    [
        "docker", "run", "--rm", BaseImage.Name,
        "packet-socket", "eth0", LabAddresses.Attacker, Port.ToString(CultureInfo.InvariantCulture), text,
    ];
}
