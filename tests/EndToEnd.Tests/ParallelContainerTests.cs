using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Containers that several steps and processes ask for at the same time: each is the one's that asked, and stays that step's
/// however long it lives.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class ParallelContainerTests(DockerFixture fixture)
{
    /// <summary>Calls of the containers, with the step that asked for each. In arguments of docker and of curl alike.</summary>
    private static readonly (string Call, string Step)[] s_calls =
    [
        ("background-1", "first"), ("background-2", "first"), ("long", "first"), ("second-1", "second"), ("second-2", "second"),
        ("exec-1", "second"), ("exec-2", "second"), ("last", "last"),
    ];

    /// <summary>
    /// The first step leaves two processes behind, which start containers while the second one starts its own, and a container
    /// that waits until the second step says so. The last step ends when everything has called.
    /// </summary>
    private static readonly string s_workflow = $"""
        name: Parallel
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: First
                id: first
                run: |
                  for call in background-1 background-2; do
                    setsid sh -c 'while [ ! -e "$SIGNS/go" ]; do sleep 0.05; done
                      docker run --rm ubuntu:latest {Curl}/'$call'; touch "$SIGNS/$0"' $call < /dev/null > /dev/null 2>&1 &
                  done
                  docker run --detach --rm --name long --volume "$SIGNS:/signs" ubuntu:latest \
                    sh -c 'while [ ! -e /signs/act ]; do sleep 0.1; done; {Curl}/long; touch /signs/acted; sleep 60'
              - name: Second
                id: second
                run: |
                  touch "$SIGNS/go"
                  docker run --rm ubuntu:latest {Curl}/second-1 &
                  docker run --rm ubuntu:latest {Curl}/second-2 &
                  docker exec long {Curl}/exec-1 &
                  docker exec long {Curl}/exec-2 &
                  wait
                  while [ ! -e "$SIGNS/background-1" ] || [ ! -e "$SIGNS/background-2" ]; do sleep 0.05; done
              - name: Last
                id: last
                run: |
                  touch "$SIGNS/act"
                  while [ ! -e "$SIGNS/acted" ]; do sleep 0.05; done
                  docker run --rm ubuntu:latest {Curl}/last || true
                  docker rm --force long
        """;

    private const string Curl = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    /// <summary>Where the machine is the job's, what the daemon begins has a tag already that is no step's.</summary>
    [Theory]
    [InlineData("job")]
    [InlineData("machine")]
    public async Task Each_container_is_the_ones_that_asked_for_it(string scope)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: audit\nallow: [v4.test:80]", scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(s_workflow);
        JobReport report = run.Report;
        Assert.True(run.ConclusionOf() == "success" && report.IsComplete, run.ToString());
        foreach ((string call, string step) in s_calls)
        {
            Assert.True(run.Traffic.Contains($"/{call} "), $"{call}\n{run}");
            JsonElement[] rows = report.CallsOf($"http://{LabAddresses.Attacker}/{call}");
            Assert.True(rows.Length > 0, $"{call}\n{run}");
            Assert.All(rows, row =>
            {
                Assert.True(JobReport.Text(row, "step") == step, $"{call}: {row}\n{run}");
                AssertAsker(run, call, row);
            });
        }

        Assert.All(report.Containers, container => Assert.False(container.GetProperty("stepInferred").GetBoolean(), run.ToString()));
        AssertLongRunning(run);
    }

    /// <summary>The docker client that has the call in its arguments, and of a process of that very step.</summary>
    private static void AssertAsker(WorkflowRun run, string call, JsonElement row)
    {
        JobReport report = run.Report;
        JsonElement? asker = report.AskerOf(JobReport.Text(row, "process"));
        Assert.True(asker is not null, $"{call}: nobody asked\n{run}");
        Assert.True(
            JobReport.Text(asker.Value, "exe")!.EndsWith("/docker", StringComparison.Ordinal)
                && asker.Value.GetProperty("argv").EnumerateArray().Any(
                    argument => argument.GetString()!.Contains($"/{call}", StringComparison.Ordinal))
                && JobReport.Text(asker.Value, "step") == JobReport.Text(row, "step"),
            $"{call}: {asker}\n{run}");
    }

    /// <summary>Started by the first step, acted during the last one: the row says both.</summary>
    private static void AssertLongRunning(WorkflowRun run)
    {
        JsonElement row = run.Report.CallsOf($"http://{LabAddresses.Attacker}/long")[0];
        JsonElement container = run.Report.ContainerOf(JobReport.Text(row, "container"));
        Assert.Equal("long", JobReport.Text(container, "name"));
        Assert.Equal("first", JobReport.Text(container, "step"));
        DateTimeOffset acted = row.GetProperty("first").GetDateTimeOffset();
        JsonElement last = run.Report.Step("last");
        Assert.True(
            acted > container.GetProperty("first").GetDateTimeOffset()
                && acted >= last.GetProperty("started").GetDateTimeOffset().AddSeconds(-0.1)
                && acted <= last.GetProperty("ended").GetDateTimeOffset().AddSeconds(0.1),
            $"{row} {container} {last}\n{run}");
    }

    /// <summary>The registry is the world's second host; `publish` alone may reach it, and nothing else.</summary>
    private const string Registry = $"curl -sS --max-time 30 http://{LabAddresses.Wanted}";

    private static readonly string s_publishing = $"""
        name: Publish
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Other
                id: other
                run: |
                  docker run --detach --rm --name waits --volume "$SIGNS:/signs" ubuntu:latest \
                    sh -c 'while [ ! -e /signs/go ]; do sleep 0.1; done; {Registry}/waits; touch /signs/went; sleep 60'
                  docker run --rm --env GITHUB_ACTION=publish ubuntu:latest {Registry}/other || true
                  docker run --rm ubuntu:latest curl -sS --max-time 30 http://v4.test/other-allowed
              - name: Publish
                id: publish
                run: |
                  touch "$SIGNS/go"
                  docker run --rm ubuntu:latest {Registry}/published || true
                  docker exec waits {Registry}/exec || true
                  docker run --rm ubuntu:latest curl -sS --max-time 30 http://v4.test/not-for-publish || true
                  while [ ! -e "$SIGNS/went" ]; do sleep 0.05; done
              - name: After
                id: after
                run: |
                  docker exec waits {Registry}/after || true
                  docker rm --force waits
        """;

    [Theory]
    [InlineData("job")]
    [InlineData("machine")]
    public async Task A_policy_of_one_step_holds_for_its_containers_alone(string scope)
    {
        string[] allowed = ["other-allowed", "published", "exec"];
        string[] refused = ["waits", "other", "not-for-publish", "after"];
        WorkflowRun control = await fixture.Machine.RunAsync(s_publishing);
        Assert.All([.. allowed, .. refused], call => Assert.True(control.Traffic.Contains($"/{call} "), $"{call}\n{control}"));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: block
            allow: [v4.test:80]
            steps:
              - match: { id: publish }
                allow: ["{{LabAddresses.Wanted}}:80"]
            """, scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(s_publishing);
        Assert.All(allowed, call => Assert.True(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        Assert.All(refused, call => Assert.False(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        Assert.Equal(["refused"], run.Report.Verdicts("other", LabAddresses.Wanted));
        Assert.Equal(["allowed"], run.Report.Verdicts("publish", LabAddresses.Wanted));
        Assert.Equal(["refused"], run.Report.Verdicts("after", LabAddresses.Wanted));
    }

    /// <summary>
    /// By a link that every step makes anew the daemon is asked past the agent (HARDENING rule 10): whose a container is nobody knows, also not where
    /// it says a step's name.
    /// </summary>
    private static readonly string s_unmatched = $"""
        name: Unmatched
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Other
                id: other
                run: |
                  ln -sfn /run/docker.sock "$SIGNS/link"
                  docker -H "unix://$SIGNS/link" run --rm --env GITHUB_ACTION=publish ubuntu:latest {Registry}/other || true
                  docker -H "unix://$SIGNS/link" run --rm ubuntu:latest curl -sS --max-time 30 http://v4.test/common || true
                  docker -H "unix://$SIGNS/link" run --rm ubuntu:latest curl -sS --max-time 30 http://allowed.test/other-allowed || true
              - name: Publish
                id: publish
                run: |
                  {Registry}/itself
                  ln -sfn /run/docker.sock "$SIGNS/again"
                  docker -H "unix://$SIGNS/again" run --rm ubuntu:latest {Registry}/published || true
                  docker run --rm ubuntu:latest {Registry}/asked || true
        """;

    [Fact]
    public async Task A_container_that_nobody_is_known_to_have_asked_for_gets_what_all_steps_may()
    {
        string[] calls = ["other", "common", "other-allowed", "itself", "published", "asked"];
        WorkflowRun control = await fixture.Machine.RunAsync(s_unmatched);
        Assert.All(calls, call => Assert.True(control.Traffic.Contains($"/{call} "), $"{call}\n{control}"));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: block
            allow: [v4.test:80, allowed.test:80]
            steps:
              - match: { id: publish }
                allow: ["{{LabAddresses.Wanted}}:80", v4.test:80]
            """);
        WorkflowRun run = await fixture.Machine.RunAsync(s_unmatched);
        string[] arrived = [.. calls.Where(call => run.Traffic.Contains($"/{call} "))];
        Assert.True(arrived is ["common", "itself"] or ["common", "itself", "asked"], $"{string.Join(' ', arrived)}\n{run}");
        foreach (string call in (string[])["other", "published"])
        {
            JsonElement[] rows = run.Report.CallsOf($"http://{LabAddresses.Wanted}/{call}");
            Assert.True(rows.Length > 0, $"{call}\n{run}");
            Assert.All(rows, row => Assert.True(
                JobReport.Text(row, "verdict") == "refused" && run.Report.ContainerOf(JobReport.Text(row, "container")).GetProperty("stepInferred").GetBoolean(),
                $"{call}: {row}\n{run}"));
        }

        // That of the last one may be found out or not: as a container of publish's own it leaves, as one of nobody's it does not.
        JsonElement[] asked = run.Report.CallsOf($"http://{LabAddresses.Wanted}/asked");
        (string, string?, bool) expected = arrived.Contains("asked") ? ("allowed", "publish", false) : ("refused", null, true);
        Assert.True(asked.Length > 0, run.ToString());
        Assert.All(asked, row => Assert.True(
            (JobReport.Text(row, "verdict")!, expected.Item2 is null ? null : JobReport.Text(row, "step"),
                run.Report.ContainerOf(JobReport.Text(row, "container")).GetProperty("stepInferred").GetBoolean()) == expected,
            $"asked: {row}\n{run}"));
    }
}
