using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Two runners of one machine at once, with one Docker: what each job's containers do is that job's, and judged by its policy, also
/// while both build by BuildKit. What one may call, the other may not, so that each is the other's control.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class ParallelRunnerTests(DockerFixture fixture)
{
    private static readonly string[] s_kinds = ["run", "exec"];

    private static string Calls(string job, string kind) =>
        $"curl -sS --max-time 5 http://{LabAddresses.Attacker}/{job}-{kind}-address; curl -sS --max-time 5 http://v4.test/{job}-{kind}-name; true";

    /// <summary>
    /// All four are there before one of them calls: a program that asks nscd for a user, as each that calls does, puts what starts meanwhile in
    /// doubt (docs/adr/0040-jobs-side-by-side.md).
    /// </summary>
    private static string Together(string job, string kind) =>
        $"touch /signs/{job}-{kind}-up; until set -- /signs/*-up; [ $# = 4 ]; do sleep 0.05; done; {Calls(job, kind)}";

    /// <summary>Neither begins before the other is protected, nor ends before the other has called.</summary>
    private static string Job(string job, string other, string endpoints) => $$"""
          {{job}}:
            runs-on: self-hosted
            steps:
              - name: Protect
                uses: sallyport/sallyport@v1
                with:
                  egress-policy: block
                  allowed-endpoints: {{endpoints}}
                  deploy-on-self-hosted-vm: true
              - id: containers
                run: |
                  touch $SIGNS/{{job}}
                  until [ -e $SIGNS/{{other}} ]; do sleep 0.05; done
                  docker run --detach --rm --name {{job}} --volume $SIGNS:/signs ubuntu:latest sleep 60
                  printf 'FROM ubuntu:latest\nRUN sleep 3; {{Calls(job, "build")}}\n' | docker build --no-cache --tag {{job}}:built - > $SIGNS/{{job}}-build 2>&1 &
                  docker run --rm --volume $SIGNS:/signs ubuntu:latest bash -c '{{Together(job, "run")}}' &
                  docker exec {{job}} bash -c '{{Together(job, "exec")}}' &
                  wait
                  touch $SIGNS/{{job}}-called
                  until [ -e $SIGNS/{{other}}-called ]; do sleep 0.05; done
                  docker rm --force {{job}}

        """;

    private static readonly string s_workflow = "name: Both\non: push\njobs:\n"
        + Job("left", "right", "v4.test:80") + Job("right", "left", $"{LabAddresses.Attacker}:80");

    [Fact]
    public async Task Containers_of_two_jobs_at_once_are_each_jobs_own()
    {
        await using AgentProcess agent = await fixture.Machine.ServeAsync("");
        WorkflowRun run = await RunAsync();
        for (int again = 0; again < 7 && run.Reports.Any(IsInDoubt); again++)
        {
            run = await RunAsync();
        }

        Assert.True(run.ConclusionOf(0) == "success" && run.ConclusionOf(1) == "success" && run.Reports.Count == 2, run.ToString());
        foreach ((string job, string other, string allowed) in new[] { ("left", "right", "name"), ("right", "left", "address") })
        {
            JobReport report = run.Reports.Single(one => JobOf(one) == job);
            Assert.True(report.IsComplete && report.InForce == "enforcing", run.ToString());
            foreach (string kind in s_kinds)
            {
                AssertCall(run, report, $"http://{LabAddresses.Attacker}/", $"{job}-{kind}-address", allowed == "address");
                AssertCall(run, report, "http://v4.test/", $"{job}-{kind}-name", allowed == "name");
                Assert.DoesNotContain(report.Processes.SelectMany(process => process.GetProperty("argv").EnumerateArray()), argument =>
                    argument.GetString()!.Contains($"/{other}-{kind}-", StringComparison.Ordinal));
            }

            // Whose build it is, nothing tells while both build: never less than its own policy is asked for.
            string refused = allowed == "name" ? "address" : "name";
            Assert.False(run.Traffic.Contains($"/{job}-build-{refused} "), run.ToString());
        }
    }

    private Task<WorkflowRun> RunAsync() => fixture.Machine.RunAsync(s_workflow, "--parallel", "--env", "DOCKER_BUILDKIT=1");

    private static string JobOf(JobReport report) => JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "job")!;

    /// <summary>Something started in the milliseconds in which the agent had not looked yet at a socket that a process of the job had reached.</summary>
    private static bool IsInDoubt(JobReport report) =>
        report.Containers.Any(container => container.GetProperty("stepInferred").GetBoolean() && JobReport.Text(container, "id")!.Length == 64)
        || s_kinds.Any(kind => report.CallsOf($"http://{LabAddresses.Attacker}/{(JobOf(report) == "left" ? "right" : "left")}-{kind}-address").Length > 0);

    private static void AssertCall(WorkflowRun run, JobReport report, string host, string call, bool isAllowed)
    {
        Assert.True(run.Traffic.Contains($"/{call} ") == isAllowed, $"{call}\n{run}");
        JsonElement[] rows = report.CallsOf($"{host}{call}");
        if (rows.Length == 0)
        {
            // A name that is refused is refused at its question.
            Assert.True(!isAllowed && report.Names.Any(row => JobReport.Text(row, "name") == "v4.test" && JobReport.Text(row, "verdict") == "refused"
                && JobReport.Text(row, "step") == "containers"), $"{call}\n{run}");
            return;
        }

        Assert.All(rows, row => Assert.True(
            JobReport.Text(row, "verdict") == (isAllowed ? "allowed" : "refused") && JobReport.Text(row, "step") == "containers"
                && JobReport.Text(row, "container") is { } container && JobReport.Text(report.ContainerOf(container), "step") == "containers",
            $"{call}: {row}\n{run}"));
        JsonElement? asker = report.AskerOf(JobReport.Text(rows[0], "process"));
        Assert.True(asker is { } docker && JobReport.Text(docker, "exe")!.EndsWith("/docker", StringComparison.Ordinal), $"{call}: {asker}\n{run}");
    }
}
