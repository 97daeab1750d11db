using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Container actions, of a Dockerfile and of an image, and `docker run` of a step: every call in the report of the step whose
/// container made it, and refused or let through as the policy says.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class ContainerActionTests(DockerFixture fixture)
{
    private static readonly string[] s_steps = ["dockerfile", "image", "run"];

    private static readonly string s_workflow = $"""
        name: Containers
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: By Dockerfile
                id: dockerfile
                uses: test/docker@v1
                with:
                  script: {CallsOf("dockerfile")}
              - name: By image
                id: image
                uses: docker://ubuntu:latest
                with:
                  entrypoint: /bin/bash
                  args: -c "{CallsOf("image")}"
              - name: By docker run
                id: run
                run: docker run --rm ubuntu:latest bash -c "{CallsOf("run")}"
        """;

    private static string CallsOf(string step) =>
        $"curl -sS --max-time 30 http://v4.test/{step}-allowed; "
        + $"curl -sS --max-time 30 http://{LabAddresses.Attacker}/{step}-address; "
        + $"curl -sS --max-time 30 http://attacker.test/{step}-name || true";

    [Fact]
    public async Task Without_the_agent_everything_is_reached()
    {
        WorkflowRun run = await RunAsync();
        AssertReached(run, isReached: true);
    }

    [Theory]
    [InlineData("audit", "observed", "job", Explicit = true)]
    [InlineData("block", "refused", "job")]
    [InlineData("block", "refused", "machine")]
    public async Task A_call_is_in_the_step_and_the_container_that_made_it(string mode, string verdict, string scope)
    {
        // What a runtime executes is judged where the machine is the job's, and reaches its daemon whatever a job may not ask of it.
        string detections = scope == "machine" ? "detections: { privileged-container: block }" : "";
        await using AgentProcess agent =
            await fixture.Machine.ServeWithAsync($"version: 1\nmode: {mode}\nallow: [v4.test:80]\n{detections}", scope: scope);
        WorkflowRun run = await RunAsync();
        AssertReached(run, isReached: mode == "audit");
        JobReport report = run.Report;
        Assert.True(report.IsComplete, run.ToString());
        foreach (string step in s_steps)
        {
            Assert.True(report.Verdicts(step, LabAddresses.Allowed) is ["allowed"], $"{step}\n{run}");
            Assert.True(report.Verdicts(step, LabAddresses.Attacker) is [var call] && call == verdict, $"{step}\n{run}");
            Assert.Contains(report.Names, row => JobReport.Text(row, "name") == "attacker.test"
                && JobReport.Text(row, "step") == step && JobReport.Text(row, "verdict") == verdict);
            // The build of a Dockerfile says no step: the log alone has it in this one.
            Assert.True(report.Step(step).GetProperty("confirmed").GetBoolean() == (step != "dockerfile"), $"{step}\n{run}");
        }

        // The build of the action's image is its step's too.
        JsonElement[] built = report.CallsOf($"http://{LabAddresses.Attacker}/built");
        Assert.True(built.Length > 0 && built.All(row => JobReport.Text(row, "step") == "dockerfile"), run.ToString());
        Assert.All(
            report.Connections.Where(row => JobReport.Text(row, "address") is LabAddresses.Attacker or LabAddresses.Allowed),
            row =>
            {
                Assert.True(JobReport.Text(row, "container") is not null, $"{row}\n{run}");
                JsonElement container = report.ContainerOf(JobReport.Text(row, "container"));
                Assert.True(JobReport.Text(container, "step") == JobReport.Text(row, "step"), $"{row}\n{run}");
                Assert.False(container.GetProperty("stepInferred").GetBoolean(), $"{row}\n{run}");
            });
    }

    /// <summary>Without what an earlier run has built: the build is to call out again.</summary>
    private async Task<WorkflowRun> RunAsync()
    {
        await fixture.Machine.ShellAsync("docker image prune --all --force --filter label=action=docker");
        return await fixture.Machine.RunAsync(s_workflow);
    }

    private static void AssertReached(WorkflowRun run, bool isReached)
    {
        foreach (string step in s_steps)
        {
            Assert.True(run.Traffic.Contains($"/{step}-allowed "), $"{step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-address ") == isReached, $"{step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-name ") == isReached, $"{step}\n{run}");
        }

        Assert.True(run.Traffic.Contains("/built ") == isReached, run.ToString());
    }
}
