using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>F5: a container that was given the job's folder changes a file that git tracks: another mount namespace, another path.</summary>
public sealed class SourceVolumeTests(ContainerLab lab)
{
    private const string Finding = "source-tampered";

    /// <summary>The tree is there before the job looks at anything; the container's program is the image's own.</summary>
    private const string Tree = """
        rm -rf /run/lab/work/tree; mkdir -p /run/lab/work/tree/src; cd /run/lab/work/tree
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.test
        git init -q .; echo 'return 0;' > src/main.c; git add .; git commit -q -m first; sleep 0.5
        """;

    [Theory]
    [InlineData("docker run --rm -v \"$PWD:/w\" $image sh -c 'echo \"return 9;\" > /w/src/main.c; sleep 0.3'", "written")]
    [InlineData("docker run --rm -v \"$PWD/src:/s\" $image sh -c 'cat /s/main.c > /tmp/kept; echo \"return 9;\" > /s/main.c; sleep 0.3; "
        + "cat /tmp/kept > /s/main.c; sleep 0.3'; git diff --quiet", "written")]
    [InlineData("id=$(docker create -v \"$PWD:/w\" $image true); echo 'return 9;' > ../main.c; docker cp ../main.c $id:/w/src/main.c; docker rm $id", null)]
    public async Task A_tracked_file_that_a_container_changes_is_found(string script, string? change)
    {
        (JobRun _, JobRun job) = await RunAsync(script);
        ReportedFinding finding = job.Report.Findings.FirstOrDefault(row => row.Id == Finding && (change is null || row.Process is not null))
            ?? throw new Xunit.Sdk.XunitException(job.ToString());
        Assert.EndsWith("tree/src/main.c", finding.Evidence["file"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_container_builds_beside_it_is_none()
    {
        (JobRun _, JobRun job) = await RunAsync(
            "docker run --rm -v \"$PWD:/w\" $image sh -c 'mkdir -p /w/build; cat /w/src/main.c > /w/build/main.o; sleep 0.3'; test -s build/main.o");
        Assert.DoesNotContain(job.Report.Findings, row => row.Id == Finding);
    }

    private async Task<(JobRun Control, JobRun Job)> RunAsync(string script)
    {
        string[] command = ["sh", "-ec", $"image={BaseImage.Name}\n{Tree}\n{script}"];
        JobRun control = await lab.JobAsync(LabMode.Off, command);
        control.Succeeded();
        JobRun job = await lab.JobAsync(LabMode.Audit, command);
        job.Succeeded();
        return (control, job);
    }
}
