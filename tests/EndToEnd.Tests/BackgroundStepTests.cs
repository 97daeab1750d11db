using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Steps of one job at the same time (`background: true`): each process and each container is the one's that started it, under that one's
/// policy. There is no current step.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class BackgroundStepTests(DockerFixture fixture)
{
    private static readonly string[] s_steps = ["first", "second", "third"];
    private static readonly string[] s_kinds = ["itself", "one", "two"];

    private const string Call = $"curl -sS --max-time 30 http://{LabAddresses.Wanted}";

    /// <summary>No step calls before all three are there, and none ends before all have called.</summary>
    private static string Script(string step) => $$"""
        touch "$SIGNS/{{step}}-up"
                  until [ -e "$SIGNS/first-up" ] && [ -e "$SIGNS/second-up" ] && [ -e "$SIGNS/third-up" ]; do sleep 0.02; done
                  docker run --rm ubuntu:latest {{Call}}/{{step}}-one &
                  docker run --rm ubuntu:latest {{Call}}/{{step}}-two &
                  {{Call}}/{{step}}-itself &
                  wait
                  touch "$SIGNS/{{step}}-called"
                  until [ -e "$SIGNS/first-called" ] && [ -e "$SIGNS/second-called" ] && [ -e "$SIGNS/third-called" ]; do sleep 0.02; done
        """;

    private static readonly string s_workflow = $"""
        name: Background
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: First
                id: first
                background: true
                continue-on-error: true
                run: |
                  {Script("first")}
                  exit 3
              - name: Second
                id: second
                background: true
                run: |
                  {Script("second")}
              - name: Third
                id: third
                run: |
                  {Script("third")}
              - name: Wait
                wait-all: true
        """;

    [Theory]
    [InlineData("audit", "job", Explicit = true)]
    [InlineData("block", "job")]
    [InlineData("block", "machine")]
    public async Task What_steps_do_at_the_same_time_is_each_ones_own(string mode, string scope)
    {
        WorkflowRun control = await fixture.Machine.RunAsync(s_workflow);
        Assert.All(Calls(), call => Assert.True(control.Traffic.Contains($"/{call.Step}-{call.Kind} "), control.ToString()));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: {{mode}}
            allow: [v4.test:80]
            steps:
              - match: { id: second }
                allow: ["{{LabAddresses.Wanted}}:80"]
            """, scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(s_workflow);
        JobReport report = run.Report;
        Assert.True(run.ConclusionOf() == "success" && report.IsComplete, run.ToString());
        foreach ((string step, string kind) in Calls())
        {
            string call = $"{step}-{kind}";
            string verdict = step == "second" ? "allowed" : mode == "block" ? "refused" : "observed";
            Assert.True(run.Traffic.Contains($"/{call} ") == (verdict != "refused"), $"{call}\n{run}");
            JsonElement[] rows = report.CallsOf($"http://{LabAddresses.Wanted}/{call}");
            Assert.True(rows.Length > 0, $"{call}\n{run}");
            Assert.All(rows, row => Assert.True(
                JobReport.Text(row, "step") == step && JobReport.Text(row, "verdict") == verdict && (JobReport.Text(row, "container") is null) == (kind == "itself"),
                $"{call}: {row}\n{run}"));
            Assert.All(rows.Select(row => JobReport.Text(row, "container")).OfType<string>(), id => Assert.True(
                JobReport.Text(report.ContainerOf(id), "step") == step && !report.ContainerOf(id).GetProperty("stepInferred").GetBoolean(), $"{call}\n{run}"));
        }

        foreach (string id in s_steps)
        {
            JsonElement step = report.Step(id);
            Assert.True(step.GetProperty("confirmed").GetBoolean() && JobReport.Text(step, "conclusion") == "success", $"{step}\n{run}");
            Assert.Equal(id == "first", step.GetProperty("failureIgnored").GetBoolean());
        }
    }

    private static IEnumerable<(string Step, string Kind)> Calls() => s_steps.SelectMany(_ => s_kinds, (step, kind) => (step, kind));
}
