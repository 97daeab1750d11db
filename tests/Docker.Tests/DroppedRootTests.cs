using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// R1, R3: a container that has a folder of the machine writes there what makes the job root: a set-uid program, a file of sudoers. Where
/// such containers are not refused, that is what is seen of it.
/// </summary>
public sealed class DroppedRootTests(ContainerLab lab)
{
    /// <summary>/etc of the laboratory's own, before the agent looks what is to be watched; the rest of it is the machine's copied.</summary>
    private const string OwnFolder = """
        [ -e /run/lab/own-etc ] && exit
        mkdir -p /run/lab/own-etc; cp -a /etc/. /run/lab/own-etc; mount -t tmpfs -o mode=755 none /etc; cp -a /run/lab/own-etc/. /etc
        mkdir -p /etc/sudoers.d
        """;

    private const string AsNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c";

    private const string SetUid = $"""
        rm -rf dropped; mkdir dropped; cp /bin/dash dropped/helper
        docker run --rm -v "$PWD/dropped:/x" $image sh -c 'chown 0:0 /x/helper; chmod 4755 /x/helper'
        {AsNobody} "dropped/helper -p -c 'id -un' || echo killed"
        """;

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    public async Task A_set_uid_file_that_a_container_made_is_found_when_it_is_run(LabMode mode)
    {
        JobRun job = await RunAsync(mode, SetUid, null);
        job.Succeeded();
        Assert.EndsWith("root", job.Output.Trim(), StringComparison.Ordinal);
        if (mode == LabMode.Audit)
        {
            ReportedFinding finding = Assert.Single(job.Report.Findings, row => row.Id == "root-gained");
            Assert.Equal("set-uid file", finding.Evidence["by"]);
        }
    }

    [Fact]
    public async Task It_gives_no_root_where_the_policy_says_so()
    {
        JobRun job = await RunAsync(LabMode.Audit, SetUid, "version: 1\ndetections: { root-gained: block }");
        Assert.EndsWith("killed", job.Output.Trim(), StringComparison.Ordinal);
        Assert.Contains(job.Report.Findings, row => row.Id == "root-gained" && row.Action == "blocked");
    }

    /// <summary>By a mount of the folder above; a container's own file of the same name is none.</summary>
    [Fact]
    public async Task A_file_of_sudoers_that_a_container_writes_is_found_and_its_own_is_none()
    {
        _ = await lab.OutsideAsync("sh", "-ec", OwnFolder);
        JobRun job = await RunAsync(
            LabMode.Audit,
            """
            docker run --rm $image sh -c 'mkdir -p /etc/sudoers.d; echo x > /etc/sudoers.d/own; echo x > /etc/sudoers; sleep 0.2'
            docker run --rm -v /etc:/host $image sh -c 'echo "runner ALL=(ALL) NOPASSWD: ALL" > /host/sudoers.d/runner; sleep 0.2'
            cat /etc/sudoers.d/runner; rm /etc/sudoers.d/runner
            """,
            null);
        job.Succeeded();
        Assert.Contains("NOPASSWD", job.Output, StringComparison.Ordinal);
        ReportedFinding[] found = [.. job.Report.Findings.Where(row => row.Id == "sudo-changed")];
        Assert.All(found, row => Assert.Equal("/etc/sudoers.d/runner", row.Evidence["file"]));
        Assert.Contains(found, row => row.Process is not null && row.Evidence.ContainsKey("container"));
    }

    private Task<JobRun> RunAsync(LabMode mode, string script, string? policy) =>
        lab.JobAsync(mode, ["sh", "-ec", $"image={BaseImage.Name}; cd /run/lab/work\n{script}"], policy: policy);
}
