using System.Globalization;
using System.Text.RegularExpressions;
using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A flow out of a container to the address of an allowed name that says another one: refused, and the client is told so at once,
/// for the agent ends the socket in a network namespace that is not its own.
/// </summary>
/// <param name="lab">Where.</param>
/// <param name="where">The name stands in <c>sni</c> or in <c>host</c>.</param>
internal sealed partial class OtherName(ContainerLab lab, string where)
{
    private const int Port = 443;

    /// <param name="commandFor">From options of docker and what to run in the container to the job's command.</param>
    internal async Task ProveAsync(Func<IEnumerable<string>, IEnumerable<string>, IEnumerable<string>> commandFor)
    {
        ArgumentNullException.ThrowIfNull(commandFor);
        string control = Destination.NewToken();
        JobRun off = await lab.JobAsync(LabMode.Off, Call(control));
        Assert.True(off.Saw(control), off.ToString());

        string seen = "";
        JobRun audit = await ContainerLab.UntilAsync(run => run.HasNames, async () =>
        {
            seen = Destination.NewToken();
            JobRun run = await lab.JobAsync(LabMode.Audit, Call(seen));
            Assert.True(run.Saw(seen), run.ToString());
            return run;
        });
        AssertReported(audit, seen, "observed");

        string token = "";
        JobRun block = await ContainerLab.UntilAsync(
            run => run.HasNames && Took(run) < 1000,
            async () =>
            {
                token = Destination.NewToken();
                JobRun run = await lab.JobAsync(LabMode.Block, Call(token));
                Assert.False(run.Saw(token), run.ToString());
                return run;
            },
            attempts: 5);
        AssertReported(block, token, "refused");
        Assert.True(Took(block) < 1000, block.ToString());

        IEnumerable<string> Call(string name) => commandFor(
            ["--volume", $"{LabNetwork.Program("tls")}:/bin/tls:ro"],
            where == "sni"
                ? ["sh", "-c", $"nslookup registry.allowed.test >/dev/null; at-once - tls hello {LabAddresses.Allowed} 443 {name}.test whole {name}"]
                : ["at-once", "-", "wget", "-q", "-O-", "--header", $"Host: {name}.test", "http://v4.test/"]);
    }

    private static int Took(JobRun job) => int.Parse(Milliseconds().Match(job.Output).Groups[1].Value, CultureInfo.InvariantCulture);

    private void AssertReported(JobRun job, string name, string verdict)
    {
        ReportedConnection call = Assert.Single(
            job.Report.ConnectionsTo(LabAddresses.Allowed, where == "sni" ? Port : Destination.Port),
            row => row.Destination == $"{name}.test");
        Assert.Equal((verdict, "name"), (call.Verdict, call.Reason));
        ReportedContainer container = Assert.Single(job.Report.Containers, row => row.Id == call.Container);
        Assert.Equal(BaseImage.Name, container.Image);
        Assert.Equal(call.Container, job.Report.ProcessOf(call).Container);
    }

    [GeneratedRegex(@"(\d+) ms")]
    private static partial Regex Milliseconds();
}
