using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The example workflow of runners on machines of one's own: calls from the host, from containers, from `docker build`.
/// goreleaser.com is allowed, www.google.com is not. The file is run as it is, and one of its jobs again with two words added: `bash -e`
/// ends that step at the first call that is refused, and the one that is allowed comes after.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class ExampleTests(DockerFixture fixture)
{
    private const string Wanted = "goreleaser.com";
    private const string Unwanted = "www.google.com";

    /// <summary>Sleeps are shorter. Where a container lives by one, it lives long enough for what is done in it.</summary>
    private static string ScaleOf(string job) => job switch
    {
        "test-docker-outbound" => "0.15",
        "test-docker-build-outbound" => "0.02",
        _ => "0.1",
    };

    private static readonly string s_workflow =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Workflows", "runs-on-example.yml"));

    private static readonly string s_goesOn = s_workflow.Replace(
        "docker exec test-container curl -I https://www.google.com",
        "docker exec test-container curl -I https://www.google.com || true",
        StringComparison.Ordinal);

    /// <summary>
    /// A machine that has had Docker for longer builds without BuildKit, where nobody says otherwise. One of GitHub's own is the job's as a
    /// whole.
    /// </summary>
    [Theory]
    [InlineData("test-host-outbound", "0", "self-hosted")]
    [InlineData("test-docker-build-outbound", "0", "self-hosted")]
    [InlineData("test-docker-build-outbound", "1", "self-hosted", Explicit = true)]
    [InlineData("test-docker-build-outbound", "0", "github-hosted", Explicit = true)]
    [InlineData("test-docker-build-outbound", "1", "github-hosted")]
    public async Task Audit_jobs_reach_both_and_report_both(string job, string buildKit, string environment)
    {
        WorkflowRun run = await RunAsync(
            s_workflow, job, "--env", $"DOCKER_BUILDKIT={buildKit}", "--runner-environment", environment, "--server-url", "https://github.com");
        Assert.True(Answered(run, Wanted) && Answered(run, Unwanted), run.ToString());
        Assert.Equal("observing", run.Report.InForce);
        string?[] containers =
        [
            .. AssertRows(run, job, Wanted, "observed|allowed", wouldRefuse: false),
            .. AssertRows(run, job, Unwanted, "observed", wouldRefuse: true),
        ];
        if (job == "test-docker-build-outbound")
        {
            // That of the second RUN, and not that of the first, which has fetched packages; BuildKit's have neither name nor image.
            JsonElement container = run.Report.ContainerOf(Assert.Single(containers.Distinct()));
            Assert.DoesNotContain(run.Report.Connections, row =>
                JobReport.Text(row, "destination") == "archive.ubuntu.com" && JobReport.Text(row, "container") == JobReport.Text(container, "id"));
            Assert.Equal(buildKit == "1", JobReport.Text(container, "image") is null);
            Assert.Equal("__run", JobReport.Text(container, "step"));
            Assert.False(container.GetProperty("stepInferred").GetBoolean());
        }

        Assert.Equal("success", run.ConclusionOf());
        AssertSummary(run, "`audit: egress-policy says so`");
    }

    [Theory]
    [InlineData("test-docker-outbound", "test-container", "self-hosted", Explicit = true)]
    [InlineData("test-long-running-docker", "long-running-container", "self-hosted")]
    [InlineData("test-docker-outbound", "test-container", "github-hosted")]
    public async Task Block_jobs_reach_the_one_and_not_the_other(string job, string name, string environment)
    {
        WorkflowRun run = await RunAsync(s_goesOn, job, "--runner-environment", environment, "--server-url", "https://github.com");
        Assert.True(Answered(run, Wanted), run.ToString());
        Assert.False(Answered(run, Unwanted), run.ToString());
        Assert.Equal("enforcing", run.Report.InForce);
        Assert.Equal(name, JobReport.Text(
            run.Report.ContainerOf(Assert.Single(AssertRows(run, job, Wanted, "allowed", wouldRefuse: false))), "name"));
        AssertUnwantedIsRefused(run, name);
        Assert.Equal("success", run.ConclusionOf());
        AssertSummary(run, "`block: egress-policy says so`");
    }

    /// <summary>
    /// As it is written: the step ends at the first call that is refused, which the job is told to go on after, and the container lives on.
    /// </summary>
    [Fact]
    public async Task The_block_job_with_a_container_as_it_is_written_is_refused_its_first_call()
    {
        WorkflowRun run = await RunAsync(s_workflow, "test-docker-outbound");
        await fixture.Machine.ShellAsync("docker rm --force test-container");
        Assert.False(Answered(run, Unwanted) || Answered(run, Wanted), run.ToString());
        JsonElement step = run.Step("Run outbound calls from within Docker container");
        Assert.Equal(("failure", "success"), (step.GetProperty("outcome").GetString(), step.GetProperty("conclusion").GetString()));
        Assert.Equal("success", run.ConclusionOf());
        AssertUnwantedIsRefused(run, "test-container");
    }

    /// <summary>Which mode and why, and what the runner's own hosts are.</summary>
    private static void AssertSummary(WorkflowRun run, string reason)
    {
        string summary = run.Step("Post Harden Runner").GetProperty("summary").GetString()!;
        Assert.Contains(reason, summary, StringComparison.Ordinal);
        Assert.Contains("@github-actions", summary, StringComparison.Ordinal);
    }

    /// <summary>The name, which a curl in the step's own container asked for; and the summary says so.</summary>
    private static void AssertUnwantedIsRefused(WorkflowRun run, string name)
    {
        JsonElement[] asked = [.. run.Report.Names.Where(row => JobReport.Text(row, "name") == Unwanted)];
        Assert.True(asked.Length > 0, run.ToString());
        Assert.All(asked, row =>
        {
            Assert.True(JobReport.Text(row, "verdict") == "refused" && JobReport.Text(row, "step") == "__run", $"{row}\n{run}");
            JsonElement container = run.Report.ContainerOf(JobReport.Text(row, "container"));
            Assert.True(JobReport.Text(container, "step") == "__run", $"{row}\n{run}");
            Assert.Equal((name, "ubuntu:latest"), (JobReport.Text(container, "name"), JobReport.Text(container, "image")));
            JsonElement asker = run.Report.ProcessOf(JobReport.Text(row, "process"));
            Assert.True(JobReport.Text(asker, "exe")!.EndsWith("/curl", StringComparison.Ordinal), $"{asker}\n{run}");
        });
        Assert.Contains(Unwanted, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    private static bool Answered(WorkflowRun run, string host) =>
        run.Traffic.Conversations.Any(conversation => conversation.ServerName == host && conversation.Host == host);

    /// <summary>In the step that called, or whose container did; returns the containers, null for none.</summary>
    private static string?[] AssertRows(WorkflowRun run, string job, string host, string verdicts, bool wouldRefuse)
    {
        JsonElement[] rows = [.. run.Report.Connections.Where(row => JobReport.Text(row, "destination") == host)];
        Assert.True(rows.Length > 0, $"{host}\n{run}");
        bool isContainer = job != "test-host-outbound";
        Assert.All(rows, row =>
        {
            Assert.True(verdicts.Split('|').Contains(JobReport.Text(row, "verdict")), $"{row}\n{run}");
            Assert.True(row.GetProperty("wouldRefuse").GetBoolean() == wouldRefuse, $"{row}\n{run}");
            Assert.True((row.GetProperty("container").ValueKind != JsonValueKind.Null) == isContainer, $"{row}\n{run}");
            Assert.True(JobReport.Text(row, "step") == "__run", $"{row}\n{run}");
        });
        return [.. rows.Select(row => JobReport.Text(row, "container")).Distinct()];
    }

    /// <summary>Without what an earlier run has built: the build is to call out again.</summary>
    private async Task<WorkflowRun> RunAsync(string workflow, string job, params IEnumerable<string> options)
    {
        await fixture.Machine.ShellAsync("docker image rm --force test-image; docker image prune --force; docker builder prune --all --force");
        WorkflowRun run = await fixture.Machine.RunAsync(workflow, ["--job", job, "--sleep-scale", ScaleOf(job), .. options]);
        Assert.Equal("success", run.Step("Checkout code").GetProperty("conclusion").GetString());
        return run;
    }
}
