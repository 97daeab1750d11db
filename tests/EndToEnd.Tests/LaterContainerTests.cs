using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// What a container does when nobody is asking for it any more (HARDENING rule 10): its health check, a restart by its policy, and a start
/// that another step asks for. It stays the step's that has created it, and under that step's policy.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class LaterContainerTests(DockerFixture fixture)
{
    private const string Curl = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";
    private static readonly string[] s_calls = ["created", "health", "restarted"];

    /// <summary>The second step may reach what the first one may not, and gives the sign for all of it.</summary>
    private static readonly string s_workflow = $"""
        name: Later
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: First
                id: first
                run: |
                  docker create --name created --volume "$SIGNS:/signs" ubuntu:latest sh -c '{Curl}/created; touch /signs/created'
                  docker run --detach --name health --volume "$SIGNS:/signs" --health-interval 200ms \
                    --health-cmd '[ -e /signs/go ] || exit 0; [ ! -e /signs/health ] || exit 0; {Curl}/health; touch /signs/health' \
                    ubuntu:latest sleep 60
                  docker run --detach --name restarted --volume "$SIGNS:/signs" --restart on-failure:1 ubuntu:latest sh -c \
                    'if [ ! -e /signs/go ]; then while [ ! -e /signs/go ]; do sleep 0.1; done; exit 1; fi; {Curl}/restarted; touch /signs/restarted'
              - name: Second
                id: second
                run: |
                  touch "$SIGNS/go"
                  docker start created
                  {Curl}/second
                  for name in created health restarted; do while [ ! -e "$SIGNS/$name" ]; do sleep 0.05; done; done
                  docker rm --force created health restarted
        """;

    [Fact]
    public async Task It_stays_the_ones_that_has_created_it()
    {
        WorkflowRun control = await fixture.Machine.RunAsync(s_workflow);
        Assert.All([.. s_calls, "second"], call => Assert.True(control.Traffic.Contains($"/{call} "), $"{call}\n{control}"));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: block
            allow: [v4.test:80]
            steps:
              - match: { id: second }
                allow: ["{{LabAddresses.Attacker}}:80"]
            """);
        WorkflowRun run = await fixture.Machine.RunAsync(s_workflow);
        Assert.True(run.ConclusionOf() == "success" && run.Report.IsComplete, run.ToString());
        Assert.True(run.Traffic.Contains("/second "), run.ToString());
        foreach (string call in s_calls)
        {
            Assert.False(run.Traffic.Contains($"/{call} "), $"{call}\n{run}");
            JsonElement container = run.Report.Containers.Single(one => JobReport.Text(one, "name") == call);
            Assert.True(JobReport.Text(container, "step") == "first" && !container.GetProperty("stepInferred").GetBoolean(), $"{container}\n{run}");
            JsonElement[] rows = run.Report.CallsOf($"http://{LabAddresses.Attacker}/{call}");
            Assert.True(rows.Length > 0, $"{call}\n{run}");
            Assert.All(rows, row => Assert.True(
                JobReport.Text(row, "step") == "first" && JobReport.Text(row, "verdict") == "refused"
                    && JobReport.Text(row, "container") == JobReport.Text(container, "id"),
                $"{call}: {row}\n{run}"));
        }
    }
}
