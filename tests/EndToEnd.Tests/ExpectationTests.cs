using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A7, S5: who publishes and who asks for the job's identity. Two steps do both with the same commands; the policy names one of them.
/// The service that gives out tokens is a host of the world's, which the second variable of the third step names for artifacts too.
/// </summary>
public sealed class ExpectationTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Do = """
        curl -sS --max-time 30 "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=x" || echo "curl says $?"
                  printf '#!/bin/sh\nexit 0\n' > twine; chmod 755 twine; ./twine upload dist/*
        """;

    private const string Workflow = $"""
        name: Release
        on: push
        jobs:
          build:
            runs-on: self-hosted
            env:
              ACTIONS_ID_TOKEN_REQUEST_URL: http://v4.test/token?api-version=2
            steps:
              - name: Release
                id: release
                run: |
                  {Do}
              - name: Test
                id: test
                run: |
                  {Do}
              - name: Shared
                id: shared
                env:
                  ACTIONS_RESULTS_URL: http://v4.test/
                run: |
                  curl -sS --max-time 30 "$ACTIONS_ID_TOKEN_REQUEST_URL" || echo "curl says $?"
              - name: After
                run: sleep 2
        """;

    [Fact]
    public async Task With_the_agent_off_each_step_asks_and_publishes()
    {
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.True(run.ConclusionOf() == "success" && run.Reports.Count == 0, run.ToString());
        Assert.All(["Release", "Test", "Shared"], step => Assert.DoesNotMatch("curl says [0-9]", run.TextOf(step)));
        Assert.True(
            run.Traffic.Contains("GET /token?api-version=2&audience=x ") && run.Traffic.Contains("GET /token?api-version=2 "), run.ToString());
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("block")]
    public async Task A_step_that_the_policy_names_is_no_finding_and_another_one_is(string mode)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: {{mode}}
            allow: [v4.test:80]
            expect: { publish: [{ id: release }], id-token: [{ id: release }] }
            """);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.Equal(["id-token-requested test", "package-published test"], Found(run));
    }

    [Fact]
    public async Task Without_a_word_in_the_policy_each_is_told()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: audit");
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.Equal(
            ["id-token-requested release", "id-token-requested test", "package-published release", "package-published test"],
            Found(run));
    }

    private static IEnumerable<string> Found(WorkflowRun run) => run.Report.Findings
        .Where(row => JobReport.Text(row, "id") is "package-published" or "id-token-requested")
        .Select(row => $"{JobReport.Text(row, "id")} {JobReport.Text(row, "step")}")
        .Distinct().Order(StringComparer.Ordinal);
}
