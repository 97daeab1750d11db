using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// Containers of somebody else on the same machine and the same dockerd are neither judged nor reported while a job in
/// block mode runs, as far as they can be told from the job's; and the job cannot borrow them.
/// </summary>
public sealed class ScopeTests(ContainerLab lab)
{
    // Does what the job itself does ($2 and on), says so, and lasts until somebody writes to the pipe.
    private const string HeldScript = """
        set -e
        folder=$1; shift
        mkfifo "$folder/end"
        "$@"
        echo begun
        read -r line <"$folder/end"
        """;

    private static readonly TimeSpan s_begins = TimeSpan.FromMinutes(1);
    private static readonly string[] s_useDocker = ["docker", "run", "--rm", BaseImage.Name, "true"];
    private static readonly string[] s_useNothing = ["true"];

    [Fact]
    public async Task A_container_that_was_there_before_the_job_is_not_judged()
    {
        Destination to = Destination.Forbidden();
        string folder = lab.NewFolder();
        await lab.OutsideAsync("mkfifo", $"{folder}/go", $"{folder}/result");
        string container = await lab.OutsideAsync([
            "docker", "run", "--detach", "--volume", $"{folder}:/shared", BaseImage.Name,
            "sh", "-c", "read -r line </shared/go; \"$@\"; echo $? >/shared/result", "sh", .. to.Command,
        ]);
        try
        {
            JobRun job = await DuringAsync(s_useDocker, async () =>
            {
                await lab.OutsideAsync("sh", "-c", "echo go >\"$0/go\"", folder);
                Assert.Equal("0", await lab.OutsideAsync("cat", $"{folder}/result"));
            });

            Unseen(job, to);
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "--force", container);
        }
    }

    [Fact]
    public async Task A_container_that_somebody_else_starts_during_the_job_is_not_judged()
    {
        Destination to = Destination.Forbidden();

        JobRun job = await DuringAsync(
            s_useNothing, () => lab.OutsideAsync(["docker", "run", "--rm", BaseImage.Name, .. to.Command]));

        Unseen(job, to);
    }

    /// <summary>
    /// HARDENING rule 10: when the job has asked dockerd for anything by a way that is not watched, a new container of which
    /// nobody knows who asked for it is taken for the job's. Somebody else's container is then refused, and the report says
    /// which.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_container_that_may_be_of_the_job_is_judged_as_the_jobs(bool socketIsTakenAway)
    {
        Destination to = Destination.Forbidden();
        string[] use = socketIsTakenAway
            ? ["sh", "-ec", "umount /run/docker.sock && exec \"$@\"", "sh", .. s_useDocker]
            : s_useDocker;

        JobRun job = await DuringAsync(use, async () =>
        {
            // With `|| true`: the call is refused, and that is no failure of the laboratory.
            string[] call = ["docker", "run", "--rm", BaseImage.Name, .. to.Command];
            await lab.OutsideAsync(["sh", "-c", "\"$@\" || true", "sh", .. call]);
        }, socketIsTakenAway ? [] : ["--no-docker-socket"]);

        job.DidNotReach(to);
        ReportedName question = Assert.Single(job.Report.QuestionsFor(to.Host), row => row.Type == "A");
        Assert.Equal("refused", question.Verdict);
        Assert.True(Assert.Single(job.Report.Containers, row => row.Id == question.Container).StepInferred);
    }

    [Fact]
    public async Task A_container_that_somebody_else_starts_while_the_job_uses_docker_is_not_judged()
    {
        Destination to = Destination.Forbidden();

        JobRun job = await DuringAsync(
            s_useDocker, () => lab.OutsideAsync(["docker", "run", "--rm", BaseImage.Name, .. to.Command]));

        Unseen(job, to);
        Assert.False(Assert.Single(job.Report.Containers).StepInferred);
    }

    /// <summary>The stand-in registry is one for asking and connecting alone: every pull fails.</summary>
    [Fact]
    public async Task An_image_that_somebody_else_pulls_is_not_judged()
    {
        string registry = Destination.Forbidden().Host;

        JobRun job = await DuringAsync(
            s_useNothing,
            () => lab.OutsideAsync("sh", "-c", "! timeout 10 docker pull \"$0/job/image:1\"", registry));

        Assert.True(job.Said(registry), job.ToString());
        Assert.Empty(job.Report.ConnectionsTo(LabAddresses.Attacker, 443));
        Assert.Empty(job.Report.QuestionsFor(registry));
    }

    [Fact]
    public async Task An_exec_of_somebody_else_in_a_container_of_theirs_is_not_judged_while_the_job_uses_docker()
    {
        Destination to = Destination.Forbidden();
        string container = await lab.OutsideAsync("docker", "run", "--detach", BaseImage.Name, "sleep", "60");
        try
        {
            JobRun job = await DuringAsync(
                s_useDocker, () => lab.OutsideAsync(["docker", "exec", container, .. to.Command]));

            Unseen(job, to);
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "--force", container);
        }
    }

    [Fact]
    public async Task A_process_outside_the_job_is_not_judged()
    {
        Destination to = Destination.Forbidden();

        JobRun job = await DuringAsync(s_useNothing, () => lab.OutsideAsync(["busybox", .. to.Command]));

        Unseen(job, to);
    }

    [Fact]
    public Task The_job_cannot_borrow_a_container_of_somebody_else_with_exec() => RefusesAsync(
        ["docker", "run", "--detach", BaseImage.Name, "sleep", "60"],
        (container, to) => ["docker", "exec", container, .. to.Command],
        isOfJob: false);

    [Fact]
    public Task The_job_cannot_borrow_the_network_of_a_container_of_somebody_else() => RefusesAsync(
        ["docker", "run", "--detach", BaseImage.Name, "sleep", "60"],
        (container, to) =>
            ["docker", "run", "--rm", "--network", $"container:{container}", BaseImage.Name, .. to.Command]);

    [Fact]
    public Task A_container_that_somebody_else_created_and_the_job_starts_is_the_jobs() => RefusesAsync(
        ["docker", "create", BaseImage.Name, "sh", "-c", $"{Destination.Wget} \"$(cat /shared/url)\""],
        (container, to) =>
        [
            "sh", "-ec", "echo \"$1\" >url && docker cp url \"$0:/shared/url\" && docker start --attach \"$0\"",
            container, to.Url,
        ]);

    /// <summary>
    /// Somebody else makes a container with the first command; the job calls out with its help. One that ran before is not among the
    /// job's containers: of what the job runs in it the report knows the process alone.
    /// </summary>
    private async Task RefusesAsync(
        string[] make, Func<string, Destination, IEnumerable<string>> borrow, bool isOfJob = true)
    {
        string container = await lab.OutsideAsync(make);
        try
        {
            Destination control = Destination.ForbiddenAddress();
            (await lab.JobAsync(LabMode.Off, borrow(container, control))).Reached(control);
            Destination seen = Destination.ForbiddenAddress();
            JobRun audit = await lab.JobAsync(LabMode.Audit, borrow(container, seen));
            audit.Reached(seen);
            Assert.Equal(isOfJob, Assert.Single(audit.CallsTo(seen)).Container is not null);
            Destination to = Destination.ForbiddenAddress();

            JobRun job = await lab.JobAsync(LabMode.Block, borrow(container, to));

            job.Failed();
            job.DidNotReach(to);
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "--force", container);
        }
    }

    private async Task<JobRun> DuringAsync(string[] first, Func<Task> outside, string[]? options = null)
    {
        string folder = lab.NewFolder();
        string[] command = ["sh", "-c", HeldScript, "sh", folder, .. first];
        JobRun job = await lab.JobAsync(LabMode.Block, command, async process =>
        {
            await process.SaysAsync("begun", s_begins);
            await outside();
            await lab.OutsideAsync("sh", "-c", "echo end >\"$0/end\"", folder);
        }, options);
        job.Succeeded();
        return job;
    }

    private static void Unseen(JobRun job, Destination to)
    {
        job.Reached(to);
        Assert.Empty(job.Report.ConnectionsTo(to.Address, Destination.Port));
        Assert.Empty(job.Report.QuestionsFor(to.Host));
    }
}
