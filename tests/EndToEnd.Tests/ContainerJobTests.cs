using System.Text.Json;
using Sallyport.Docker.Tests.Machine;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A job in a container, whose steps are run by `docker exec`, with a service beside it: each call is its own step's, and
/// what the job says to its service does not leave.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class ContainerJobTests(DockerFixture fixture)
{
    private static readonly string[] s_steps = ["one", "two", "action"];

    private static string WorkflowOn(string runtime) => $"""
        name: Container job
        on: push
        jobs:
          build:
            runs-on: self-hosted
            container:
              image: ubuntu:latest
              options: --runtime {runtime}
            services:
              web:
                image: services/web:1
            steps:
              - name: One
                id: one
                run: |
                  {CallsOf("one").ReplaceLineEndings("\n          ")}
              - name: Two
                id: two
                shell: bash
                run: |
                  {CallsOf("two").ReplaceLineEndings("\n          ")}
              - name: Action beside it
                id: action
                uses: test/docker@v1
                with:
                  script: {CallsOf("action").ReplaceLineEndings("; ")}
              - name: By the service
                id: relay
                run: curl -sS --max-time 8 http://web:81/ || true
        """;

    private static string CallsOf(string step) => $"""
        curl -sS --retry 9 --retry-delay 1 --retry-all-errors --max-time 20 http://web/ || echo "no service"
        curl -sS --max-time 30 http://v4.test/{step}-allowed
        curl -sS --max-time 30 http://{LabAddresses.Attacker}/{step}-out || true
        curl -sS --max-time 30 http://attacker.test/{step}-name || true
        curl -sS --max-time 30 http://two.test/{step}-for-two || true
        """;

    /// <summary>A name that one step alone may call: questions by Docker's resolver are the asking step's too.</summary>
    private const string Policy = """
        version: 1
        mode: MODE
        allow: [v4.test:80]
        steps:
          - match: { id: two }
            extend: true
            allow: [two.test:80]
        """;

    [Fact]
    public async Task Without_the_agent_everything_is_reached()
    {
        WorkflowRun run = await fixture.Machine.RunAsync(WorkflowOn("runc"));
        AssertReached(run, isReached: true);
    }

    [Theory]
    [InlineData("audit", "observed", "runc", "job", Explicit = true)]
    [InlineData("block", "refused", "runc", "job")]
    [InlineData("block", "refused", "runc", "machine")]
    [InlineData("block", "refused", DockerDaemon.CloningRuntime, "job")]
    public async Task A_call_is_the_steps_that_made_it_and_the_service_is_reached(string mode, string verdict, string runtime, string scope)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(
            Policy.Replace("MODE", mode, StringComparison.Ordinal), scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(WorkflowOn(runtime));
        AssertReached(run, isReached: mode == "audit");
        JobReport report = run.Report;
        Assert.True(report.IsComplete, run.ToString());
        string set = JobReport.Text(report.Steps.Single(step => JobReport.Text(step, "name") == "Initialize containers"), "id")!;
        foreach (string step in s_steps)
        {
            Assert.True(report.VerdictsOf($"http://v4.test/{step}-allowed", step) is ["allowed"], $"{step}\n{run}");
            Assert.True(report.Verdicts(step, LabAddresses.Attacker) is [var call] && call == verdict, $"{step}\n{run}");
            // The build of a Dockerfile says no step: the log alone has it in this one.
            Assert.True(report.Step(step).GetProperty("confirmed").GetBoolean() == (step != "action"), $"{step}\n{run}");
            AssertQuestion(run, "attacker.test", step, verdict);
            AssertQuestion(run, "two.test", step, step == "two" ? "allowed" : verdict);
        }

        // With the search suffix of the machine it is asked first: no refusal that anybody should look at.
        Assert.DoesNotContain(report.Names, row =>
            JobReport.Text(row, "name")!.StartsWith("web", StringComparison.Ordinal) && JobReport.Text(row, "verdict") != "allowed");

        // The service's own call is that of the step that set it up, whoever asked it to.
        JsonElement[] relayed = report.CallsOf($"http://{LabAddresses.Attacker}/relayed");
        Assert.True(relayed.Length > 0, run.ToString());
        Assert.All(relayed, row =>
        {
            Assert.True(JobReport.Text(row, "verdict") == verdict && JobReport.Text(row, "step") == set, $"{row}\n{run}");
            JsonElement service = report.ContainerOf(JobReport.Text(row, "container"));
            Assert.Equal("services/web:1", JobReport.Text(service, "image"));
            Assert.Equal(set, JobReport.Text(service, "step"));
        });
        Assert.All(report.Containers, container => Assert.False(container.GetProperty("stepInferred").GetBoolean(), run.ToString()));
    }

    /// <summary>Docker's resolver asks for the container's process: the row names that one, and its step.</summary>
    private static void AssertQuestion(WorkflowRun run, string name, string step, string verdict)
    {
        JsonElement[] rows = [.. run.Report.Names.Where(row => JobReport.Text(row, "name") == name && JobReport.Text(row, "step") == step)];
        Assert.True(rows.Length > 0, $"{name} in {step}\n{run}");
        Assert.All(rows, row =>
        {
            Assert.True(JobReport.Text(row, "verdict") == verdict, $"{row}\n{run}");
            JsonElement asker = run.Report.ProcessOf(JobReport.Text(row, "process"));
            Assert.True(JobReport.Text(asker, "exe")!.EndsWith("/curl", StringComparison.Ordinal), $"{asker}\n{run}");
        });
    }

    private static void AssertReached(WorkflowRun run, bool isReached)
    {
        foreach ((string step, string name) in s_steps.Zip(["One", "Two", "Action beside it"]))
        {
            Assert.True(run.TextOf(name).Contains("served", StringComparison.Ordinal), $"{run.TextOf(name)}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-allowed "), $"{step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-out ") == isReached, $"{step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-name ") == isReached, $"{step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{step}-for-two ") == (isReached || step == "two"), $"{step}\n{run}");
        }

        Assert.True(run.Traffic.Contains("/relayed ") == isReached, run.ToString());
    }
}
