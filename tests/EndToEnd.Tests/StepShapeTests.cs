using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Whatever a step is made of, its calls are its own: stages of a JavaScript action, inner steps of a composite one, a failed step,
/// what is left running; in jobs of a matrix that run side by side, and in a job of a reusable workflow.
/// </summary>
public sealed class StepShapeTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Url = $"http://{LabAddresses.Attacker}/";

    private const string Workflow = $$$"""
        name: Shapes
        on: push
        jobs:
          build:
            name: Build for ${{ matrix.system }}
            runs-on: self-hosted
            strategy:
              matrix:
                system: [one, two]
            steps:
              - name: Staged
                id: staged
                uses: test/staged@v1
                with:
                  url: {{{Url}}}staged-
              - name: Composed
                id: composed
                uses: test/composite@v1
                with:
                  url: {{{Url}}}composed-
              - name: Only for two
                id: skipped
                if: matrix.system == 'two'
                run: curl -sS --max-time 30 {{{Url}}}skipped || true
              - name: Fails
                id: fails
                continue-on-error: true
                run: |
                  curl -sS --max-time 30 {{{Url}}}fails || true
                  exit 3
              - name: Leaves
                id: leaves
                run: (sleep 1; curl -sS --max-time 30 {{{Url}}}leaves || true; touch $SIGNS/left-${{ matrix.system }}; exec sleep 60) < /dev/null > /dev/null 2>&1 &
              - run: |
                  sleep 2
                  until [ -e $SIGNS/left-${{ matrix.system }} ]; do sleep 0.05; done
                  curl -sS --max-time 30 {{{Url}}}unnamed || true
          call:
            name: Called
            uses: ./.github/workflows/inner.yml
            with:
              word: hello
        """;

    private const string Inner = $$$"""
        name: Inner
        on:
          workflow_call:
            inputs:
              word: { type: string }
        jobs:
          inside:
            name: Inside
            runs-on: self-hosted
            steps:
              - name: Say ${{ inputs.word }}
                id: inside
                run: curl -sS --max-time 30 {{{Url}}}inside || true
        """;

    /// <summary>What calls, and in which step.</summary>
    private static readonly (string Path, string Step)[] s_calls =
    [
        ("staged-pre", "pre:staged"), ("staged-main", "staged"), ("staged-post", "post:staged"),
        ("composed-node-pre", "pre:composed"), ("composed-inner", "composed"), ("composed-second", "composed"), ("composed-node-main", "composed"),
        ("composed-node-post", "post:composed"), ("fails", "fails"), ("leaves", "leaves"), ("unnamed", "__run"),
    ];

    [Theory]
    [InlineData("audit", "observed")]
    [InlineData("block", "refused")]
    public async Task Every_call_is_in_its_step(string mode, string verdict)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($"version: 1\nmode: {mode}\nallow: [v4.test:80]");
        fixture.Machine.Network.World.Clear();
        Dictionary<string, string> files = new() { [".github/workflows/inner.yml"] = Inner };
        using StartedRun started = fixture.Machine.StartWith(
            files, Workflow, "--parallel", "--repository", "octo/shapes", "--run-id", "4242", "--run-attempt", "2", "--sha", new string('c', 40),
            "--runner-name", "runner-7", "--runner-environment", "self-hosted");
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.Reports.Count == 3, run.ToString());
        Assert.True(run.Traffic.ConnectionsTo(LabAddresses.Attacker) == (mode == "audit" ? 24 : 0), run.ToString());
        foreach (string system in (string[])["one", "two"])
        {
            JobReport report = Of(run, $"Build for {system}");
            Assert.True(report.IsComplete, run.ToString());
            Assert.Equal(system, report.Document.GetProperty("job").GetProperty("github").GetProperty("matrix").GetProperty("system").GetString());
            (string, string)[] calls = system == "two" ? [.. s_calls, ("skipped", "skipped")] : s_calls;
            Assert.All(calls, call => AssertCall(run, report, call.Item1, call.Item2, verdict));
            Assert.Equal(calls.Length, report.Connections.Count(row => JobReport.Text(row, "address") == LabAddresses.Attacker));
            AssertSteps(run, report, system);
        }

        JobReport inside = Of(run, "Called / Inside");
        AssertCall(run, inside, "inside", "inside", verdict);
        Assert.Equal("Say hello", JobReport.Text(inside.Step("inside"), "name"));
        AssertIdentity(inside, "inside", "Called / Inside");
    }

    [Fact]
    public async Task A_job_that_is_cancelled_is_shown_as_the_runner_shows_it()
    {
        const string Cancelled = $"""
            name: Cancelled
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Waits
                    id: waits
                    run: |
                      trap 'exit 130' INT
                      touch $SIGNS/ready
                      while true; do sleep 0.1; done
                  - name: Never
                    id: never
                    run: curl -sS --max-time 30 {Url}never
                  - name: Cleans up
                    id: cleans
                    if: always()
                    run: curl -sS --max-time 30 {Url}cleans || true
            """;
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(Cancelled);
        await started.SignAsync("ready");
        await fixture.Machine.ShellAsync("kill -INT \"$1\"", $"{started.Process.Id}");
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "cancelled", run.ToString());
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.Equal(["refused"], run.Report.Verdicts("cleans", LabAddresses.Attacker));
        Assert.Equal(
            ["cancelled", "skipped", "success"],
            ((string[])["waits", "never", "cleans"]).Select(step => JobReport.Text(run.Report.Step(step), "conclusion")));
        Assert.Equal(
            run.Result.GetProperty("jobs")[0].GetProperty("steps").EnumerateArray().Select(Line).Order(StringComparer.Ordinal),
            run.Report.Steps.Select(Line).Order(StringComparer.Ordinal));
        Assert.Equal("cancelled", JobReport.Text(run.Report.Document.GetProperty("job").GetProperty("github"), "result"));
        Assert.True(run.Report.IsComplete, run.ToString());
    }

    private static JobReport Of(WorkflowRun run, string name) => run.Reports.Single(report =>
        JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "jobName") == name);

    private static void AssertCall(WorkflowRun run, JobReport report, string path, string step, string verdict)
    {
        JsonElement row = Assert.Single(report.CallsOf($"{Url}{path}"));
        Assert.True(JobReport.Text(row, "step") == step && JobReport.Text(row, "verdict") == verdict, $"{path}: {row}\n{run}");
        Assert.True(report.Step(step).GetProperty("confirmed").GetBoolean(), $"{path}\n{run}");
        // The execution is one of that step, by the process that the runner started.
        JsonElement execution = report.ExecutionOf(JobReport.Text(row, "process"))!.Value;
        Assert.Contains(
            JobReport.Text(execution, "id"), report.Step(step).GetProperty("executions").EnumerateArray().Select(e => JobReport.Text(e, "id")));
        string? inner = JobReport.Text(execution, "name");
        Assert.True(path switch
        {
            "composed-inner" => inner == "composed.inner",
            "composed-second" => inner == "composed.__run",
            "composed-node-main" => inner == "composed.__test_staged",
            // The runner makes up the first part of these.
            "composed-node-pre" or "composed-node-post" => inner?.EndsWith(".__test_staged", StringComparison.Ordinal) == true,
            _ => inner is null,
        }, $"{path}: {execution}\n{run}");
    }

    /// <summary>Names, numbers and conclusions are those that the runner shows.</summary>
    private static void AssertSteps(WorkflowRun run, JobReport report, string system)
    {
        JsonElement job = run.Result.GetProperty("jobs").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == $"Build for {system}");
        Assert.Equal(
            job.GetProperty("steps").EnumerateArray().Select(Line).Order(StringComparer.Ordinal),
            report.Steps.Select(Line).Order(StringComparer.Ordinal));
        string[] names = [.. report.Steps.OrderBy(step => step.GetProperty("number").GetInt32()).Select(step => JobReport.Text(step, "name")!)];
        Assert.Equal(
            ["Set up job", "Pre Staged", "Pre Composed", "Staged", "Composed", "Only for two", "Fails", "Leaves", "Run sleep 2", "Post Composed",
                "Post Staged", "Complete job"],
            names);
        Assert.Equal(system == "two" ? "success" : "skipped", JobReport.Text(report.Step("skipped"), "conclusion"));
        Assert.Equal(["fails"], report.Steps.Where(step => step.GetProperty("failureIgnored").GetBoolean()).Select(step => JobReport.Text(step, "id")));
        JsonElement[] left = [.. report.Steps.Where(step => step.GetProperty("leftRunning").GetArrayLength() > 0)];
        Assert.Equal(["leaves"], left.Select(step => JobReport.Text(step, "id")));
        AssertIdentity(report, "build", $"Build for {system}");
    }

    private static string Line(JsonElement step) =>
        $"{step.GetProperty("number")} {step.GetProperty("name")} {step.GetProperty("conclusion")}";

    private static void AssertIdentity(JobReport report, string job, string name)
    {
        JsonElement github = report.Document.GetProperty("job").GetProperty("github");
        Dictionary<string, string> expected = new()
        {
            ["repository"] = "octo/shapes",
            ["workflow"] = "Shapes",
            ["workflowRef"] = "octo/shapes/.github/workflows/test.yml@refs/heads/main",
            ["job"] = job,
            ["jobName"] = name,
            ["runId"] = "4242",
            ["runAttempt"] = "2",
            ["sha"] = new string('c', 40),
            ["ref"] = "refs/heads/main",
            ["eventName"] = "push",
            ["actor"] = "octocat",
            ["runnerName"] = "runner-7",
            ["runnerOs"] = "Linux",
            ["runnerEnvironment"] = "self-hosted",
            ["server"] = "https://github.com",
            ["result"] = "success",
        };
        Assert.Equal(expected, expected.Keys.ToDictionary(key => key, key => JobReport.Text(github, key)!));
    }
}
