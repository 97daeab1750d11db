using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>A policy of one step holds for that step alone, whoever says that he is it (HARDENING rules 6 and 7; R10, R12).</summary>
public sealed class StepPolicyTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    /// <summary>The registry is the world's second host; every call names its case in its path.</summary>
    private const string Registry = LabAddresses.Wanted;

    private const string Policy = $$"""
        version: 1
        mode: block
        allow: [v4.test:80]
        steps:
          - match: { id: publish }
            allow: ["{{Registry}}:80"]
        """;

    private const string Call = $"curl -sS --max-time 30 http://{Registry}";

    /// <summary>Ends an attack, which may outlive its step.</summary>
    private const string Done = "touch $SIGNS/attacked";

    private static string Workflow(string attack, string last = "true") => $"""
        name: Publish
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Attack
                id: attack
                run: |
                  {attack.ReplaceLineEndings("\n          ")}
              - name: Publish
                id: publish
                run: |
                  {Call}/published || echo "curl says $?"
                  curl -sS --max-time 30 http://v4.test/not-for-publish || echo "curl says $?"
              - name: After
                run: |
                  {Call}/after || echo "curl says $?"
                  {last}
        """;

    /// <summary>The cgroup of the runner, as its unit has one.</summary>
    private const string Unit = "runner.service";

    /// <summary>As the worker's child, by clone(CLONE_PARENT): exec keeps the step's first process the parent's child.</summary>
    private const string Sibling = $"""
        export GITHUB_ACTION=publish GITHUB_OUTPUT=/tmp/set_output_12345678-1234-1234-1234-123456789012
        exec "$PROGRAMS/sibling" sh -c '{Call}/attacked; {Done}; sleep 0.2'
        """;

    /// <summary>The attack is a script; its call to the registry has `/attacked` as its path. How often it calls at least, and the agent's scope.</summary>
    public static TheoryData<string, string, int, string> Attacks { get; } = new()
    {
        { "plainly", $"{Call}/attacked || echo \"curl says $?\"; {Done}", 1, "job" },
        { "GITHUB_ACTION of a child", $"GITHUB_ACTION=publish {Call}/attacked || echo \"curl says $?\"; {Done}", 1, "job" },
        { "clone(CLONE_PARENT)", Sibling, 1, "job" },
        { "clone(CLONE_PARENT)", Sibling, 1, "machine" },
        {
            // Below its own, beside that of the runner, and the one in which the agent itself is.
            "other cgroups",
            $$"""
            root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
            own="$root$(sed -n 's/^0:://p' /proc/self/cgroup)"
            [ "${own##*/}" = {{Unit}} ]
            for place in "$own/below" "${own%/*}/elsewhere" "${own%/*}"; do
              mkdir -p "$place"
              echo $$ > "$place/cgroup.procs"
              GITHUB_ACTION=publish {{Call}}/attacked || echo "curl says $?"
            done
            {{Done}}
            """,
            3,
            "job"
        },
        {
            "no tracking id",
            $"""
            RUNNER_TRACKING_ID= GITHUB_ACTION=publish nohup setsid sh -c \
              '{Call}/attacked; sleep 1; {Call}/attacked; {Done}; sleep 60' < /dev/null > /dev/null 2>&1 &
            """,
            1,
            "job"
        },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Only_the_step_itself_has_its_policy(string attack, string script, int calls, string scope)
    {
        fixture.Machine.Unit = Unit;
        string workflow = Workflow(script, "until [ -e $SIGNS/attacked ]; do sleep 0.05; done");
        WorkflowRun control = await fixture.Machine.RunAsync(workflow);
        int arrived = control.Traffic.Conversations.Count(one => one.ReceivedText.Contains("/attacked ", StringComparison.Ordinal));
        Assert.True(arrived >= calls, $"{attack} does not work without the agent, {arrived} of {calls} calls arrived:\n{control}");
        Assert.True(control.Traffic.Contains("/not-for-publish "), control.ToString());

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy, scope: scope);
        WorkflowRun run = await fixture.Machine.RunAsync(workflow);
        Assert.False(run.Traffic.Contains("/attacked "), $"{attack}\n{run}");
        Assert.True(run.Traffic.Contains("/published "), run.ToString());
        Assert.False(run.Traffic.Contains("/not-for-publish "), run.ToString());
        Assert.False(run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("attack", Registry));
        Assert.Equal(["allowed"], run.Report.Verdicts("publish", Registry));
        Assert.Equal(["refused"], run.Report.Verdicts("__run", Registry));
    }

    /// <summary>
    /// Where the machine is the job's: what a daemon of root's begins for a step, as cron does, is nobody's step, and held to what all
    /// of them may do.
    /// </summary>
    [Fact]
    public async Task What_a_daemon_of_the_machine_begins_for_a_step_has_the_policy_of_none()
    {
        string workflow = $"""
            name: Ordered
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Other
                    id: other
                    run: {OrderedDaemon.Order("other", $"{Call}/ordered-registry")}
                  - name: Publish
                    id: publish
                    run: |
                      {Call}/published
                      {OrderedDaemon.Order("publish", "curl -sS --max-time 30 http://v4.test/ordered-allowed")}
            """;
        using LabProcess daemon = await OrderedDaemon.StartAsync(fixture.Machine);
        WorkflowRun control = await fixture.Machine.RunAsync(workflow);
        Assert.All(["ordered-registry", "ordered-allowed"], call => Assert.True(control.Traffic.Contains($"/{call} "), $"{call}\n{control}"));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy, scope: "machine");
        WorkflowRun run = await fixture.Machine.RunAsync(workflow);
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/published "), run.ToString());
        Assert.All(["ordered-registry", "ordered-allowed"], call => Assert.False(run.Traffic.Contains($"/{call} "), $"{call}\n{run}"));
        Assert.Contains(run.Report.Connections, row =>
            JobReport.Text(row, "address") == Registry && JobReport.Text(row, "verdict") == "refused" && JobReport.Text(row, "step") is null);
        Assert.Contains(run.Report.Names, row =>
            JobReport.Text(row, "name") == "v4.test" && JobReport.Text(row, "verdict") == "refused" && JobReport.Text(row, "step") is null);
    }

    /// <summary>A step by its name, steps by their action with all stages of it, and one for which only the mode is another.</summary>
    [Theory]
    [InlineData("block", "audit", "refused", "observed")]
    [InlineData("audit", "block", "observed", "refused")]
    public async Task A_step_is_known_by_its_name_or_its_action_and_may_have_a_mode_of_its_own(
        string mode, string ofStep, string verdict, string verdictOfStep)
    {
        const string Steps = $$"""
            name: Known
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Release it
                    id: named
                    run: {{Call}}/named || true
                  - name: Release
                    id: almost
                    run: {{Call}}/almost || true
                  - id: staged
                    uses: test/staged@v1
                    with:
                      url: http://{{Registry}}/staged-
                  - id: late
                    uses: test/late@v1
                    with:
                      script: {{Call}}/late
                  - id: own
                    run: {{Call}}/own || true
            """;
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($$"""
            version: 1
            mode: {{mode}}
            allow: [v4.test:80]
            steps:
              - match: { name: "Release it" }
                allow: ["{{Registry}}:80"]
              - match: { action: "test/staged@v1" }
                allow: ["{{Registry}}:80"]
              - match: { id: own }
                mode: {{ofStep}}
            """);
        WorkflowRun run = await fixture.Machine.RunAsync(Steps);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        foreach ((string step, string expected, string[] calls) in ((string, string, string[])[])[
            ("named", "allowed", ["named"]), ("almost", verdict, ["almost"]), ("pre:staged", "allowed", ["staged-pre"]),
            ("staged", "allowed", ["staged-main"]), ("post:staged", "allowed", ["staged-post"]), ("post:late", verdict, ["late"]),
            ("own", verdictOfStep, ["own"])])
        {
            Assert.True(run.Report.Verdicts(step, Registry) is [var only] && only == expected, $"{step}\n{run}");
            Assert.All(calls, call => Assert.True(run.Traffic.Contains($"/{call} ") == (expected != "refused"), $"{call}\n{run}"));
        }
    }

    [Fact]
    public async Task What_hides_from_the_workers_clean_up_is_listed()
    {
        const string Script = """
            RUNNER_TRACKING_ID= nohup setsid sleep 60 < /dev/null > /dev/null 2>&1 &
            until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
            """;
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow(Script));
        string? left = Assert.Single(run.Report.Step("attack").GetProperty("leftRunning").EnumerateArray()).GetString();
        Assert.EndsWith("sleep", JobReport.Text(run.Report.ProcessOf(left), "exe"), StringComparison.Ordinal);
        Assert.True(run.Report.ProcessOf(left).GetProperty("ended").GetString() is null, run.ToString());
    }

    [Fact]
    public async Task A_runner_inside_a_job_opens_no_job_of_its_own()
    {
        // The genuine program of this machine, started by a step with a workflow of its own.
        const string Inner = """
            name: Inner
            on: push
            jobs:
              inner:
                runs-on: self-hosted
                steps:
                  - name: Publish
                    id: publish
                    run: curl -sS --max-time 30 http://REGISTRY/attacked || echo "curl says $?"
            """;
        string inner = Path.Combine(fixture.Machine.Network.WorkFolder, "inner.yml");
        await File.WriteAllTextAsync(inner, Inner.Replace("REGISTRY", Registry, StringComparison.Ordinal));
        string script = $"{Path.Combine(AppContext.BaseDirectory, "Runner")} --root \"$SIGNS/inner\" "
            + $"--workflow {RunnerMachine.Work}/inner.yml --result \"$SIGNS/inner.json\"";
        WorkflowRun control = await fixture.Machine.RunAsync(Workflow(script));
        Assert.True(control.Traffic.Contains("/attacked "), control.ToString());

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow(script));
        Assert.False(run.Traffic.Contains("/attacked "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("attack", Registry));
    }

    [Fact]
    public async Task A_copy_by_the_name_of_another_program_is_not_that_program()
    {
        const string Own = $$"""
            version: 1
            mode: block
            allow: [v4.test:80]
            processes:
              - match: { exe: /usr/bin/git }
                allow: ["{{Registry}}:80"]
            """;
        // R15: its name, its argv[0] and its path end like git's; the program is curl.
        const string Script = $"""
            cp /usr/bin/curl "$SIGNS/git"
            (exec -a /usr/bin/git "$SIGNS/git" -sS --max-time 30 http://{Registry}/attacked) || echo "says $?"
            """;
        WorkflowRun control = await fixture.Machine.RunAsync(Workflow(Script));
        Assert.True(control.Traffic.Contains("/attacked "), control.ToString());
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Own);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow(Script));
        Assert.False(run.Traffic.Contains("/attacked "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("attack", Registry));
        JsonElement call = run.Report.Connections.First(row => JobReport.Text(row, "step") == "attack");
        Assert.EndsWith("/git", JobReport.Text(run.Report.ProcessOf(JobReport.Text(call, "process")), "exe"), StringComparison.Ordinal);
    }
}
