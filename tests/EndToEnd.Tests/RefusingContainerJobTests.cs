using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A job in a container where `privileged-container` blocks: the runner's own client gives the container Docker's socket, and may; a
/// step that asks for the same by a shell may not.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class RefusingContainerJobTests(DockerFixture fixture)
{
    private const string Workflow = """
        name: Container job
        on: push
        jobs:
          build:
            runs-on: self-hosted
            container: ubuntu:latest
            steps:
              - name: One
                id: one
                run: echo inside
              - name: Action beside it
                id: action
                uses: test/docker@v1
                with:
                  script: echo beside
        """;

    private const string Shell = """
        name: Step
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Step
                id: step
                run: |
                  docker run --rm -v /var/run/docker.sock:/var/run/docker.sock ubuntu:latest true || echo "refused here"
                  ln -sfn /run/docker.sock "$SIGNS/link"
                  docker -H unix://$SIGNS/link version > /dev/null && echo "reached by a link" || echo "refused by a link"
        """;

    private const string Policy = "version: 1\nmode: audit\ndetections: { privileged-container: block }";

    [Theory]
    [InlineData("job")]
    [InlineData("machine")]
    public async Task The_runner_may_and_a_step_may_not(string scope)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy, scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.True(run.ConclusionOf() == "success" && run.TextOf("One").Contains("inside", StringComparison.Ordinal), run.ToString());
        Assert.DoesNotContain(run.Report.Findings, row => JobReport.Text(row, "id") == "privileged-container");
        run = await fixture.Machine.RunAsync(Shell);
        Assert.Contains("refused here", run.TextOf("Step"), StringComparison.Ordinal);
        Assert.Contains("refused by a link", run.TextOf("Step"), StringComparison.Ordinal);
        Assert.Contains(run.Report.Findings, row => JobReport.Text(row, "id") == "privileged-container"
            && JobReport.Text(row, "action") == "blocked" && JobReport.Text(row, "step") == "step"
            && JobReport.Text(row.GetProperty("evidence"), "has") == "runtime-socket");
    }

    /// <summary>
    /// Where the machine is the job's, a runtime's daemon executes programs that reach it (shims, hooks), or no container would start. What another daemon of
    /// root's executes for a step does not.
    /// </summary>
    [Fact]
    public async Task What_a_daemon_of_the_machine_begins_for_a_step_reaches_no_runtime()
    {
        const string Reached = $"{RunnerMachine.Work}/orders/reached";
        string workflow = $"""
            name: Ordered
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Step
                    run: |
                      docker run --rm ubuntu:latest echo inside
                      {OrderedDaemon.Order("containerd", $"ctr -a /run/docker-exec/containerd/containerd.sock version > /dev/null && echo yes > {Reached}")}
                      [ -e {Reached} ] && echo "containerd answered" || echo "containerd did not answer"
                      rm -f {Reached}
            """;
        using LabProcess daemon = await OrderedDaemon.StartAsync(fixture.Machine);
        WorkflowRun control = await fixture.Machine.RunAsync(workflow);
        Assert.Contains("containerd answered", control.TextOf("Step"), StringComparison.Ordinal);

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy, scope: "machine");
        WorkflowRun run = await fixture.Machine.RunAsync(workflow);
        Assert.Contains("inside", run.TextOf("Step"), StringComparison.Ordinal);
        Assert.Contains("containerd did not answer", run.TextOf("Step"), StringComparison.Ordinal);
    }
}
