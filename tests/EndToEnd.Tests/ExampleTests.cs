using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The example workflow of runners on machines of one's own: calls from the host, from containers, from `docker build`.
/// goreleaser.com is allowed, www.google.com is not. Two words are added: `bash -e` ends a step of it at the first call that
/// is refused, and the one that is allowed comes after.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class ExampleTests(DockerFixture fixture)
{
    private const string Wanted = "goreleaser.com";
    private const string Unwanted = "www.google.com";

    /// <summary>Sleeps are shorter. Where a container lives by one, it lives long enough for what is done in it.</summary>
    private static string ScaleOf(string job) => job == "test-docker-outbound" ? "0.2" : "0.1";

    private static readonly string s_workflow =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Workflows", "runs-on-example.yml")).Replace(
            "docker exec test-container curl -I https://www.google.com",
            "docker exec test-container curl -I https://www.google.com || true",
            StringComparison.Ordinal);

    [Theory]
    [InlineData("test-host-outbound")]
    [InlineData("test-docker-build-outbound")]
    public async Task Audit_jobs_reach_both_and_report_both(string job)
    {
        WorkflowRun run = await RunAsync(job);
        Assert.True(Answered(run, Wanted) && Answered(run, Unwanted), run.ToString());
        Assert.Equal("observing", run.Report.InForce);
        AssertRows(run, job, Wanted, "observed|allowed", wouldRefuse: false);
        AssertRows(run, job, Unwanted, "observed", wouldRefuse: true);
        AssertSummary(run, "`audit: egress-policy says so`");
    }

    [Theory]
    [InlineData("test-docker-outbound")]
    [InlineData("test-long-running-docker")]
    public async Task Block_jobs_reach_the_one_and_not_the_other(string job)
    {
        WorkflowRun run = await RunAsync(job);
        Assert.True(Answered(run, Wanted), run.ToString());
        Assert.False(Answered(run, Unwanted), run.ToString());
        Assert.Equal("enforcing", run.Report.InForce);
        AssertRows(run, job, Wanted, "allowed", wouldRefuse: false);
        JsonElement[] asked = [.. run.Report.Names.Where(row => JobReport.Text(row, "name") == Unwanted)];
        Assert.True(asked.Length > 0, run.ToString());
        Assert.All(asked, row =>
        {
            Assert.True(JobReport.Text(row, "verdict") == "refused" && JobReport.Text(row, "step") == "__run", $"{row}\n{run}");
            JsonElement container = run.Report.ContainerOf(JobReport.Text(row, "container"));
            Assert.True(JobReport.Text(container, "step") == "__run", $"{row}\n{run}");
            Assert.Equal("ubuntu:latest", JobReport.Text(container, "image"));
            JsonElement asker = run.Report.ProcessOf(JobReport.Text(row, "process"));
            Assert.True(JobReport.Text(asker, "exe")!.EndsWith("/curl", StringComparison.Ordinal), $"{asker}\n{run}");
        });
        AssertSummary(run, "`block: egress-policy says so`");
        Assert.Contains(Unwanted, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Which mode and why, and what the runner's own hosts are.</summary>
    private static void AssertSummary(WorkflowRun run, string reason)
    {
        string summary = run.Step("Post Harden Runner").GetProperty("summary").GetString()!;
        Assert.Contains(reason, summary, StringComparison.Ordinal);
        Assert.Contains("@github-actions", summary, StringComparison.Ordinal);
    }

    private static bool Answered(WorkflowRun run, string host) =>
        run.Traffic.Conversations.Any(conversation => conversation.ServerName == host && conversation.Host == host);

    /// <summary>In the step that called, or whose container did.</summary>
    private static void AssertRows(WorkflowRun run, string job, string host, string verdicts, bool wouldRefuse)
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
    }

    private async Task<WorkflowRun> RunAsync(string job)
    {
        WorkflowRun run = await fixture.Machine.RunAsync(s_workflow, "--job", job, "--sleep-scale", ScaleOf(job));
        Assert.Equal("success", run.Step("Checkout code").GetProperty("conclusion").GetString());
        return run;
    }
}
