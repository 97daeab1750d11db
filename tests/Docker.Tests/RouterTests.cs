using System.Globalization;
using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Somebody else's container, there before the job, is no router for it: a frame that asks it to pass a packet on, and which no
/// socket hook sees, is judged at the port of the bridge. What the container sends by itself stays its own.
/// </summary>
public sealed class RouterTests(ContainerLab lab)
{
    private const int Port = 9998;

    [Theory]
    [InlineData(LabMode.Off, false)]
    [InlineData(LabMode.Off, true)]
    [InlineData(LabMode.Audit, false)]
    [InlineData(LabMode.Audit, true)]
    [InlineData(LabMode.Block, false)]
    [InlineData(LabMode.Block, true)]
    public async Task A_frame_that_somebody_elses_container_is_to_pass_on(LabMode mode, bool isFromContainer)
    {
        string container = await lab.OutsideAsync(
            "docker", "run", "--detach", "--sysctl", "net.ipv4.ip_forward=1", BaseImage.Name, "sleep", "60");
        try
        {
            string router = await lab.OutsideAsync(
                "docker", "inspect", "--format", "{{.NetworkSettings.IPAddress}}", container);
            string text = Destination.NewToken();

            JobRun job = await lab.JobAsync(mode, Send(text, router, isFromContainer));

            Assert.Equal(mode != LabMode.Block, job.Saw(text));
            if (mode != LabMode.Off)
            {
                // Block mode refuses the question for the router's hardware address already, when a process of the machine asks.
                Assert.Contains(
                    job.Report.Connections,
                    row => row.Verdict == (mode == LabMode.Block ? "refused" : "observed")
                        && (row is { Address: LabAddresses.Attacker, Port: Port } || row.Reason == "packet-socket"));
            }
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "--force", container);
        }
    }

    private static string[] Send(string text, string router, bool isFromContainer)
    {
        string[] what = [LabAddresses.Attacker, Port.ToString(CultureInfo.InvariantCulture), text, router];
        return isFromContainer
            ? ["docker", "run", "--rm", BaseImage.Name, "packet-socket", "eth0", .. what]
            // The machine takes no packet back that says to be from itself.
            : [
                Path.Combine(CompiledPrograms.Folder, "packet-socket"), "docker0", .. what,
                string.Concat(router.AsSpan(0, router.LastIndexOf('.')), ".250"),
            ];
    }
}
