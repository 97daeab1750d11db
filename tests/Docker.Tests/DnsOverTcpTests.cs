using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// The container on the default bridge asks the machine's resolver over TCP. The agent answers inside of the container's
/// network namespace.
/// </summary>
public sealed class DnsOverTcpTests(ContainerLab lab) : OutwardCall(lab)
{
    /// <summary>What to run in a container, before the call: the name is asked over TCP, and known from then on.</summary>
    internal const string Ask = """a=$(dns-over-tcp "$1") && echo "$a $1" >>/etc/hosts && shift && "$@" """;

    private const int Port = 53;

    protected override IEnumerable<string> CommandFor(Destination target) =>
        ["docker", "run", "--rm", BaseImage.Name, "sh", "-c", Ask, "sh", target.Host, .. target.Command];

    [Fact]
    public async Task A_question_to_a_server_that_is_not_the_machines_is_refused_with_a_reason_of_its_own()
    {
        await Lab.ControlAsync($"{nameof(DnsOverTcpTests)} foreign", async () =>
        {
            Destination control = Destination.Forbidden();
            JobRun off = await Lab.JobAsync(LabMode.Off, AskForeign(control));
            off.Succeeded();
            Assert.True(off.Saw(control.Token), off.ToString());
        });
        Destination to = Destination.Forbidden();

        JobRun audit = await Lab.JobAsync(LabMode.Audit, AskForeign(to));
        JobRun block = await Lab.JobAsync(LabMode.Block, AskForeign(to));

        Assert.True(audit.Saw(to.Token), audit.ToString());
        ReportedConnection observed = Assert.Single(audit.Report.ConnectionsTo(LabAddresses.ForeignResolver, Port));
        Assert.Equal(("observed", "dns-tcp"), (observed.Verdict, observed.Reason));
        Assert.Contains("dns-over-tcp", audit.Report.ProcessOf(observed).Argv);
        block.Failed();
        Assert.False(block.Saw(to.Token), block.ToString());
        ReportedConnection refused = Assert.Single(block.Report.ConnectionsTo(LabAddresses.ForeignResolver, Port));
        Assert.Equal(("refused", "dns-tcp"), (refused.Verdict, refused.Reason));
    }

    [Fact]
    public async Task Containers_that_come_and_go_are_each_answered()
    {
        JobRun job = await Lab.JobAsync(
            LabMode.Block,
            ["sh", "-ec", "for i in 1 2 3 4 5; do docker run --rm \"$0\" dns-over-tcp v4.test; done", BaseImage.Name]);

        job.Succeeded();
        job.RefusedNothing();
        Assert.Equal(5, job.QuestionsFor("v4.test"));
    }

    [Fact]
    public async Task A_container_that_joins_anothers_network_is_answered_after_the_other_has_ended()
    {
        const string Script = """
            first=$(docker run --detach "$0" sleep 60)
            second=$(docker run --detach --network "container:$first" "$0" sleep 60)
            trap 'docker rm --force "$first" "$second" >/dev/null 2>&1' EXIT
            docker rm --force "$first" >/dev/null
            docker exec "$second" dns-over-tcp v4.test
            """;
        JobRun job = await Lab.JobAsync(LabMode.Block, ["sh", "-c", Script, BaseImage.Name]);

        job.Succeeded();
        Assert.Equal(LabAddresses.Allowed, job.Output);
    }

    private static string[] AskForeign(Destination to) =>
        ["docker", "run", "--rm", BaseImage.Name, "dns-over-tcp", to.Host, LabAddresses.ForeignResolver];
}
