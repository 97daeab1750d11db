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
        $"curl -sS --max-time 30 http://{LabAddresses.Attacker}/{job}-{kind}-address; curl -sS --max-time 30 http://v4.test/{job}-{kind}-name; true";

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

    /// <summary>
    /// What is in doubt is said to be, and gets no more than its own job's policy, in every run. In doubt for milliseconds
    /// (docs/adr/0040-jobs-side-by-side.md), more on a machine that is overloaded: of ten runs one at least is without, for each.
    /// </summary>
    [Fact]
    public async Task Containers_of_two_jobs_at_once_are_each_jobs_own()
    {
        const int Runs = 10;
        await using AgentProcess agent = await fixture.Machine.ServeAsync("");
        HashSet<string> known = [];
        List<WorkflowRun> runs = [];
        while (known.Count < 4 && runs.Count < Runs)
        {
            runs.Add(await RunAsync());
            known.UnionWith(Known(runs[^1]));
        }

        Assert.True(known.Count == 4, $"known: {string.Join(' ', known)}\n{string.Join('\n', runs)}");
    }

    /// <summary>The containers that nothing put in doubt, after all checks.</summary>
    private static List<string> Known(WorkflowRun run)
    {
        Assert.True(run.ConclusionOf(0) == "success" && run.ConclusionOf(1) == "success" && run.Reports.Count == 2, run.ToString());
        List<string> known = [];
        foreach ((string job, string allowed) in new[] { ("left", "name"), ("right", "address") })
        {
            JobReport report = run.Reports.Single(one => JobOf(one) == job);
            JobReport other = run.Reports.Single(one => JobOf(one) != job);
            Assert.True(report.IsComplete && report.InForce == "enforcing", run.ToString());
            string refused = allowed == "name" ? "address" : "name";
            foreach (string kind in s_kinds)
            {
                Assert.False(run.Traffic.Contains($"/{job}-{kind}-{refused} "), run.ToString());
                string[] of = ContainersOf(report, job, kind);
                string[] ofOther = ContainersOf(other, job, kind);
                Assert.All(ofOther, container => Assert.True(other.ContainerOf(container).GetProperty("stepInferred").GetBoolean(), $"{container}\n{run}"));
                if (ofOther.Length > 0 || of.Any(container => report.ContainerOf(container).GetProperty("stepInferred").GetBoolean()))
                {
                    continue;
                }

                AssertCall(run, report, $"http://{LabAddresses.Attacker}/", $"{job}-{kind}-address", allowed == "address");
                AssertCall(run, report, "http://v4.test/", $"{job}-{kind}-name", allowed == "name");
                known.Add($"{job}-{kind}");
            }

            // Whose build it is, nothing tells while both build: never less than its own policy is asked for.
            Assert.False(run.Traffic.Contains($"/{job}-build-{refused} "), run.ToString());
        }

        return known;
    }

    private Task<WorkflowRun> RunAsync() => fixture.Machine.RunAsync(s_workflow, "--parallel", "--env", "DOCKER_BUILDKIT=1");

    private static string JobOf(JobReport report) => JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "job")!;

    /// <summary>Containers in which a report has the calls of a job; those of a client outside of containers are in none.</summary>
    private static string[] ContainersOf(JobReport report, string job, string kind) =>
    [
        .. report.Processes.Where(process => process.GetProperty("argv").EnumerateArray().Any(argument =>
                argument.GetString()!.Contains($"/{job}-{kind}-", StringComparison.Ordinal)))
            .Select(process => JobReport.Text(process, "container")).OfType<string>().Distinct(),
    ];

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
