using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>`sallyport agent` covers every job of a machine's runners, with no change to a workflow (B9, R5).</summary>
public sealed class ServiceTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]";
    private const string Allowed = "curl -sS --max-time 30 http://v4.test";
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

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

    /// <summary>What arrives from here on is this job's.</summary>
    private StartedRun Start(string workflow)
    {
        Machine.Network.World.Clear();
        return Machine.Start(workflow);
    }

    [Fact]
    public async Task Every_job_is_covered_from_its_first_step_one_after_another()
    {
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        // A hosted runner, by what it says to steps: no step has begun, and so it is the machine's owner alone who chooses another scope.
        WorkflowRun first = await Machine.RunAsync(
            Job("one", $"{Allowed}/one; {Attacker}/one-out || true; \"$AGENT\" job status --json | grep -q '\"scope\": *\"job\"'"),
            "--runner-environment", "github-hosted");
        WorkflowRun second = await Machine.RunAsync(Job("two", $"{Allowed}/two; {Attacker}/two-out || true"));
        foreach ((WorkflowRun run, string name) in new[] { (first, "one"), (second, "two") })
        {
            Assert.True(run.Traffic.Contains($"/{name} "), run.ToString());
            Assert.False(run.Traffic.Contains($"/{name}-out "), run.ToString());
            Assert.Equal(["refused"], run.Report.Verdicts("__run", LabAddresses.Attacker));
            Assert.Equal(name, JobReport.Text(run.Report.Document.GetProperty("job").GetProperty("github"), "job"));
            Assert.True(run.Report.IsComplete, run.ToString());
            Assert.Equal("success", run.ConclusionOf());
            run.Report.AssertBegan(fromStart: true);
            Assert.Equal(0, run.Report.Document.GetProperty("protection").GetProperty("uncoveredSeconds").GetDouble());
            // All of the worker's processes are the job's from the start: the first step was seen as it began.
            Assert.True(run.Report.Step("__run").GetProperty("confirmed").GetBoolean(), run.ToString());
        }

        Assert.NotEqual(first.Report.Id, second.Report.Id);
    }

    [Fact]
    public async Task A_job_that_ran_before_the_service_is_judged_from_then_on_and_its_report_states_the_gap()
    {
        using StartedRun started = Start(Job("earlier", $"{Attacker}/first", $"""
            {Attacker}/second
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            {Attacker}/after || true
            """, $"{Attacker}/later || true; {Allowed}/allowed"));
        await started.SignAsync("ready");
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        await started.IsEnforcedAsync();
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.All(["/first ", "/second ", "/allowed "], call => Assert.True(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.All(["/after ", "/later "], call => Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.Equal(["refused"], run.Report.Verdicts("__run_2", LabAddresses.Attacker));
        Assert.False(run.Report.IsComplete, run.ToString());
        run.Report.AssertBegan(fromStart: false, "Step 1", "Step 2");
        ProcessOutcome said = await agent.StopAsync();
        Assert.EndsWith("s before protection; steps that ran then: Step 1, Step 2", said.Output.Split('\n').Single(line => line.Contains("it began", StringComparison.Ordinal)), StringComparison.Ordinal);
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
                      curl -sS --max-time 30 http://{LabAddresses.Wanted}/left
                      {Allowed}/left-out || true
              right:
                runs-on: self-hosted
                steps:
                  - id: other
                    run: |
                      sleep 1
                      {Allowed}/right
                      curl -sS --max-time 30 http://{LabAddresses.Wanted}/right-out || true
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

    /// <summary>B9: what the machine's owner has the runner do around each job is the job's, and is shown as the runner's own step.</summary>
    [Fact]
    public async Task Hooks_around_a_job_are_judged_and_shown_as_steps_of_the_runners()
    {
        string[] hooks = await Machine.HookAsync($"{Attacker}/hook-started || true", $"{Attacker}/hook-completed || true");
        WorkflowRun control = await Machine.RunAsync(Job("hooks", $"{Allowed}/allowed"), hooks);
        Assert.True(control.Traffic.Contains("/hook-started ") && control.Traffic.Contains("/hook-completed "), control.ToString());
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        WorkflowRun run = await Machine.RunAsync(Job("hooks", $"{Allowed}/allowed"), hooks);
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/allowed "), run.ToString());
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.Equal(["Set up runner", "runner:complete-runner:4?"], run.Report.NamesOfStepsThatCalled(LabAddresses.Attacker));
        Assert.True(run.Report.IsComplete, run.ToString());
        run.Report.AssertBegan(fromStart: true);
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
            using StartedRun started = Start(Job("long", $"""
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

    /// <summary>As a package manager does: the new file gets the name of the old one, and the unit is started again.</summary>
    [Fact]
    public async Task An_upgrade_leaves_a_job_that_runs_to_the_old_program_and_the_next_job_has_the_new_one()
    {
        const string Program = $"{RunnerMachine.Work}/upgraded";
        static string Holding(string name) => Job(name, $"""
            {Attacker}/before || true
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do {Attacker}/between || true; sleep 0.05; done
            {Attacker}/after || true
            {Allowed}/allowed-{name}
            """);
        await Machine.ShellAsync("cp \"$1\" \"$2\"", Machine.Product, Program);
        AgentProcess agent = await Machine.ServeWithAsync(Policy, Program);
        try
        {
            using StartedRun first = Start(Holding("first"));
            await first.SignAsync("ready");
            await Machine.ShellAsync("cp \"$1\" \"$2.new\"; mv -f \"$2.new\" \"$2\"", Machine.Product, Program);
            await agent.StopAsync();
            await using AgentProcess next = await AgentProcess.StartAsync(Machine, Program);
            Assert.Equal($"{Program} (deleted)", await ProgramOfAsync(first));
            await GoAsync(first);
            AssertRefused(await first.EndAsync(), "first");

            using StartedRun second = Start(Holding("second"));
            await second.SignAsync("ready");
            Assert.Equal(Program, await ProgramOfAsync(second));
            await GoAsync(second);
            AssertRefused(await second.EndAsync(), "second");
        }
        finally
        {
            await agent.DisposeAsync();
        }

        static void AssertRefused(WorkflowRun run, string name)
        {
            Assert.True(run.Traffic.Contains($"/allowed-{name} "), run.ToString());
            Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
            Assert.True(run.Report.IsComplete, run.ToString());
        }
    }

    private async Task<string> ProgramOfAsync(StartedRun run) => (await Machine.ShellAsync("readlink \"/proc/$1/exe\"", $"{run.Watcher()}")).Trim();

    private static Task GoAsync(StartedRun run) =>
        File.WriteAllTextAsync(Path.Combine(run.Folder, "go"), "", TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("stop")]
    [InlineData("warn")]
    public async Task A_job_that_cannot_be_protected_is_stopped_or_runs_as_the_owner_says_and_the_journal_says_which(string unprotected)
    {
        string policy = await Machine.ConfigureAsync("policy.yml", Policy);
        await using AgentProcess agent = await Machine.ServeAsync($"unprotected: {unprotected}\npolicy: {policy}");
        await Machine.ConfigureAsync("policy.yml", "version: 1\nmode: blok");
        using StartedRun started = Start(Job("mistaken", $"{Allowed}/ran"));
        ProcessOutcome ended = await RunnerMachine.EndOf(started.Process);
        ProcessOutcome said = await agent.StopAsync();
        bool hasRun = Machine.Network.World.Received().Contains("/ran ");
        Assert.True(hasRun == (unprotected == "warn") && (ended.ExitCode == 0) == hasRun, $"{ended}\n{said}");
        Assert.Matches($"worker [0-9]+ is not protected{(hasRun ? "" : " and was stopped")}: .*/policy.yml.*blok", said.Output);
    }

    /// <summary>Hooks in the place of Docker: a container's steps run in another pod. Where all of them do, nobody here could block them.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_runner_with_container_hooks_is_said_to_be_watched_in_part_and_is_not_said_to_block_what_runs_elsewhere(string forEveryJob)
    {
        await using AgentProcess agent = await Machine.ServeWithAsync(Policy);
        Machine.Network.World.Clear();
        using StartedRun started = Machine.Start(
            Job("hooked", $"{Allowed}/ran"), "--env", "ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js", "--env", $"ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER={forEveryJob}");
        if (forEveryJob == "false")
        {
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.Traffic.Contains("/ran "), run.ToString());
            Assert.Contains("run where nobody watches them: this runner has container hooks (/k8s/index.js)", run.Report.Document.GetRawText(), StringComparison.Ordinal);
            return;
        }

        ProcessOutcome ended = await RunnerMachine.EndOf(started.Process);
        ProcessOutcome said = await agent.StopAsync();
        Assert.False(Machine.Network.World.Received().Contains("/ran "), $"{ended}\n{said}");
        Assert.Matches("worker [0-9]+ is not protected and was stopped: steps of this job run where nobody watches them: .*/k8s/index.js", said.Output);
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
                      curl -sS --max-time 30 http://two.test/not-asked-for || true
                      {{Attacker}}/after || true
                      nft add table ip lab; nft delete table ip lab
            """;
        string floor = await Machine.ConfigureAsync(
            "floor.yml", "version: 1\nmode: block\nallow: [v4.test:80, two.test:80]\ndetections: { firewall-flushed: fail }");
        await using AgentProcess agent = await Machine.ServeAsync($"floor: {floor}");
        WorkflowRun run = await Machine.RunAsync(Workflow);
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.All(["/before ", "/not-asked-for ", "/after "], call => Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        Assert.Equal("enforcing", run.Report.InForce);
        Assert.Contains(
            run.Step("Pre Protect").GetProperty("annotations").EnumerateArray(),
            annotation => annotation.GetProperty("title").GetString() == "Outside the floor of this machine");

        // Tampering fails the job where that is asked for, with no word of the workflow's about it.
        JsonElement post = run.Step("Post Protect");
        Assert.Equal("failure", post.GetProperty("conclusion").GetString());
        Assert.Contains(
            post.GetProperty("annotations").EnumerateArray(),
            annotation => annotation.GetProperty("message").GetString() == "matched: the policy's detections: firewall-flushed");
    }

    [Fact]
    public async Task A_stop_of_it_is_in_the_report_of_the_job_that_ran()
    {
        AgentProcess agent = await Machine.ServeWithAsync(Policy);
        try
        {
            using StartedRun started = Start(Job("stopped", $"""
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
