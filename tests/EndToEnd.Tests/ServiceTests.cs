using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>`sallyport agent` covers every job of a machine's runners, with no change to a workflow (B9, R5).</summary>
public sealed class ServiceTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]";
    private const string Allowed = "curl -sS --max-time 5 http://v4.test";
    private const string Attacker = $"curl -sS --max-time 5 http://{LabAddresses.Attacker}";

    private static string Job(string name, params IEnumerable<string> scripts) => $"""
        name: {name}
        on: push
        jobs:
          {name}:
            runs-on: self-hosted
            steps:
        {string.Concat(scripts.Select((script, at) => $"""
              - name: Step {at + 1}
                run: |
                  {script.ReplaceLineEndings("\n          ")}

        """))}
        """;

    private RunnerMachine Machine => fixture.Machine;

    [Fact]
    public async Task Every_job_is_covered_from_its_first_step_one_after_another()
    {
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        WorkflowRun first = await Machine.RunAsync(Job("one", $"{Allowed}/one; {Attacker}/one-out || true"));
        WorkflowRun second = await Machine.RunAsync(Job("two", $"{Allowed}/two; {Attacker}/two-out || true"));
        foreach ((WorkflowRun run, string name) in new[] { (first, "one"), (second, "two") })
        {
            Assert.True(run.Traffic.Contains($"/{name} "), run.ToString());
            Assert.False(run.Traffic.Contains($"/{name}-out "), run.ToString());
            Assert.Equal(["refused"], run.Report.Verdicts("__run", LabAddresses.Attacker));
            Assert.Equal(name, JobReport.Text(run.Report.Document.GetProperty("job").GetProperty("github"), "job"));
            Assert.True(run.Report.IsComplete, run.ToString());
            // All of the worker's processes are the job's from the start: the first step was seen as it began.
            Assert.True(run.Report.Step("__run").GetProperty("confirmed").GetBoolean(), run.ToString());
        }

        Assert.NotEqual(first.Report.Id, second.Report.Id);
    }

    [Fact]
    public async Task Two_runners_at_once_have_each_their_own_policy_recording_and_report()
    {
        const string Own = """
            version: 1
            mode: block
            allow: [v4.test:80]
            steps:
              - match: { id: publish }
                allow: ["198.51.100.13:80"]
            """;
        const string Both = $"""
            name: Both
            on: push
            jobs:
              left:
                runs-on: self-hosted
                steps:
                  - id: publish
                    run: |
                      sleep 1
                      curl -sS --max-time 5 http://{LabAddresses.Wanted}/left
                      {Allowed}/left-out || true
              right:
                runs-on: self-hosted
                steps:
                  - id: other
                    run: |
                      sleep 1
                      {Allowed}/right
                      curl -sS --max-time 5 http://{LabAddresses.Wanted}/right-out || true
            """;
        await using AgentProcess agent = await Machine.ServeWithAsync(Own);
        WorkflowRun run = await Machine.RunAsync(Both, "--parallel");
        Assert.Equal(2, run.Reports.Count);
        Assert.All(["/left ", "/right "], call => Assert.True(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.All(["/left-out ", "/right-out "], call => Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        JobReport left = run.Reports.Single(report => report.Steps.Any(step => JobReport.Text(step, "id") == "publish"));
        JobReport right = run.Reports.Single(report => report.Steps.Any(step => JobReport.Text(step, "id") == "other"));
        Assert.Equal(["allowed"], left.Verdicts("publish", LabAddresses.Wanted));
        Assert.Equal(["refused"], right.Verdicts("other", LabAddresses.Wanted));
        Assert.Equal(["allowed"], right.Verdicts("other", LabAddresses.Allowed));
        Assert.All(run.Reports, report => Assert.True(
            report.IsComplete && File.Exists(Path.Combine(report.Folder, "recording.ndjson.zst")), run.ToString()));
    }

    [Fact]
    public async Task Two_runners_at_once_have_each_what_their_own_workflow_asks_for()
    {
        static string Asking(string job, string inputs) => $"""
              {job}:
                runs-on: self-hosted
                steps:
                  - name: Protect
                    uses: sallyport/sallyport@v1
                    with:
                      {inputs.ReplaceLineEndings("\n          ")}
                      deploy-on-self-hosted-vm: true
                  - id: calls
                    run: |
                      touch $SIGNS/{job}
                      while [ ! -e $SIGNS/left ] || [ ! -e $SIGNS/right ]; do sleep 0.05; done
                      {Allowed}/{job} || true
                      {Attacker}/{job}-out || true
                      touch $SIGNS/{job}-called
                      while [ ! -e $SIGNS/left-called ] || [ ! -e $SIGNS/right-called ]; do sleep 0.05; done

            """;
        string workflow = "name: Both\non: push\njobs:\n"
            + Asking("left", "egress-policy: block\nallowed-endpoints: v4.test:80") + Asking("right", "egress-policy: audit");
        await using AgentProcess agent = await Machine.ServeAsync("");
        WorkflowRun run = await Machine.RunAsync(workflow, "--parallel");
        JobReport left = run.Reports.Single(report => JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "job") == "left");
        JobReport right = run.Reports.Single(report => report != left);
        Assert.Equal(("enforcing", "observing"), (left.InForce, right.InForce));
        Assert.Equal(["allowed"], left.Verdicts("calls", LabAddresses.Allowed));
        Assert.Equal(["refused"], left.Verdicts("calls", LabAddresses.Attacker));
        Assert.Equal(["observed"], right.Verdicts("calls", LabAddresses.Attacker));
        Assert.True(run.Traffic.Contains("/left ") && run.Traffic.Contains("/right "), run.ToString());
        Assert.True(run.Traffic.Contains("/right-out ") && !run.Traffic.Contains("/left-out "), run.ToString());
    }

    [Fact]
    public async Task A_step_cannot_ask_for_a_policy_of_its_own()
    {
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        WorkflowRun run = await Machine.RunAsync(Job("weaken", $$"""
            echo '{"egress-policy":"audit"}' | $AGENT job start --inputs - && exit 9 || echo "start says $?"
            echo '{"egress-policy":"audit"}' | GITHUB_ACTION_REPOSITORY=sallyport/sallyport GITHUB_ACTION=__sallyport_sallyport \
              $AGENT job start --inputs - && exit 9 || echo "start says $?"
            $AGENT job stop || true
            {{Attacker}}/out || true
            """));
        Assert.Equal("success", run.ConclusionOf());
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal("enforcing", run.Report.InForce);
    }

    [Fact]
    public async Task A_restart_of_the_service_leaves_no_gap()
    {
        AgentProcess agent = await Machine.ServeWithAsync(Policy);
        try
        {
            using StartedRun started = Machine.Start(Job("long", $"""
                {Attacker}/before || true
                touch $SIGNS/ready
                while [ ! -e $SIGNS/go ]; do {Attacker}/between || true; sleep 0.05; done
                {Attacker}/after || true
                {Allowed}/allowed
                """));
            await started.SignAsync("ready");
            await agent.StopAsync();
            await Task.Delay(300, TestContext.Current.CancellationToken);
            await using AgentProcess next = await AgentProcess.StartAsync(Machine);
            await File.WriteAllTextAsync(
                Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
            Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
            Assert.True(run.Report.IsComplete, run.ToString());
            Assert.Equal(["refused"], run.Report.Verdicts("__run", LabAddresses.Attacker));
        }
        finally
        {
            await agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_workflow_gets_nothing_that_the_floor_does_not_allow()
    {
        string floor = await Machine.ConfigureAsync("floor.yml", "version: 1\nmode: block\nallow: [v4.test:80]");
        await using AgentProcess agent = await Machine.ServeAsync($"floor: {floor}");
        WorkflowRun run = await Machine.RunAsync(Job("floor", $"{Allowed}/allowed; {Attacker}/out || true"));
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal("enforcing", run.Report.InForce);
        JsonElement policy = run.Report.Document.GetProperty("policy");
        Assert.Equal(floor, JobReport.Text(policy, "source"));
    }

    [Fact]
    public async Task The_actions_inputs_are_taken_and_stay_within_the_floor()
    {
        const string Workflow = $$"""
            name: Floor
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Before
                    run: {{Attacker}}/before || true
                  - name: Protect
                    uses: sallyport/sallyport@v1
                    with:
                      egress-policy: audit
                      allowed-endpoints: v4.test:80 {{LabAddresses.Attacker}}:80
                      deploy-on-self-hosted-vm: true
                  - name: After
                    run: |
                      echo '{"egress-policy":"audit"}' | $AGENT job start --inputs - > /dev/null || true
                      {{Allowed}}/allowed
                      curl -sS --max-time 5 http://two.test/not-asked-for || true
                      {{Attacker}}/after || true
            """;
        string floor = await Machine.ConfigureAsync("floor.yml", "version: 1\nmode: block\nallow: [v4.test:80, two.test:80]");
        await using AgentProcess agent = await Machine.ServeAsync($"floor: {floor}");
        WorkflowRun run = await Machine.RunAsync(Workflow);
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.All(["/before ", "/not-asked-for ", "/after "], call => Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.Equal("enforcing", run.Report.InForce);
        Assert.Contains(
            run.Step("Pre Protect").GetProperty("annotations").EnumerateArray(),
            annotation => annotation.GetProperty("title").GetString() == "Outside the floor of this machine");
    }

    [Fact]
    public async Task A_stop_of_it_is_in_the_report_of_the_job_that_ran()
    {
        AgentProcess agent = await Machine.ServeWithAsync(Policy);
        try
        {
            using StartedRun started = Machine.Start(Job("stopped", $"""
                touch $SIGNS/ready
                while [ ! -e $SIGNS/go ]; do sleep 0.05; done
                {Attacker}/after || true
                """));
            await started.SignAsync("ready");
            await agent.StopAsync();
            await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
            WorkflowRun run = await started.EndAsync();
            Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
            Assert.Contains(run.Report.Findings, finding => JobReport.Text(finding, "id") == "service-stopped");
        }
        finally
        {
            await agent.DisposeAsync();
        }
    }
}
