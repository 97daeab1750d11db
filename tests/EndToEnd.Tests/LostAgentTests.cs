using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>The process that watches a job is killed, or stopped: its verdicts go on, and the reports say so (R5).</summary>
public sealed class LostAgentTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]";
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    /// <summary>For another policy: whoever takes over, asked by a step that has killed the one before, has that one's.</summary>
    private const string Asks = """echo '{"egress-policy":"audit"}' | "$AGENT" job start --inputs - > /dev/null 2>&1 || true""";

    /// <summary>By another agent than the first one, which takes a while to be gone when it is killed.</summary>
    private const string TakenOver =
        "for i in $(seq 600); do \"$AGENT\" job status 2> /dev/null | grep -v \"$(basename $(cat $SIGNS/first) .json)\" | grep -q enforcing && break; sleep 0.1; done";

    /// <summary>As root, which the job is here, and by the number that the agent's own state file has.</summary>
    private static string Workflow(string signal, string first = "true") => $"""
        name: Lost
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Before
                run: |
                  git init -q -b main .; git config user.name lab; git config user.email lab@lab.test
                  echo 'return 0;' > main.c; git add main.c; git commit -qm one
                  {Attacker}/before || true
                  setsid python3 -m http.server --bind 127.0.0.1 8099 < /dev/null > /dev/null 2>&1 &
                  until curl -sS -o /dev/null http://127.0.0.1:8099/main.c; do sleep 0.05; done
              - name: Ends it
                id: ends
                run: |
                  {first}
                  [ ! -d /run/sallyport/jobs ] || ls /run/sallyport/jobs > $SIGNS/first
                  touch $SIGNS/ready
                  while [ ! -e $SIGNS/go ]; do {Attacker}/at || true; {(signal == "kill" ? Asks : "true")}; echo tried >> $SIGNS/tries; done
                  {Attacker}/after-{signal} || true
                  curl -sS --max-time 30 http://v4.test/allowed-{signal}
              - name: Later
                run: |
                  sleep 2
                  {(signal is "kill" or "all" ? TakenOver : "true")}
                  {Attacker}/later || true
                  echo 'return 9;' >> main.c
                  curl -sS -o /dev/null --max-time 30 http://127.0.0.1:8099/main.c
                  curl -sS --max-time 30 http://v4.test/later-allowed
        """;

    private const string Protection = """
        - uses: step-security/harden-runner@rc
          with:
            egress-policy: block
            allowed-endpoints: v4.test:80
        """;

    /// <summary>As the runner's user, and with an agent only where the first of its steps starts one.</summary>
    private static string OnDemand(string first) => $"""
        name: Lost
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              {first.ReplaceLineEndings("\n      ")}
              - run: |
                  touch $SIGNS/ready
                  while [ ! -e $SIGNS/go ]; do {Attacker}/at || true; echo tried >> $SIGNS/tries; done
                  {Attacker}/after || true
                  curl -sS --max-time 30 http://v4.test/allowed
        """;

    [Fact]
    public async Task After_a_kill_nothing_is_reached_and_another_takes_over()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        using StartedRun started = Start(Workflow("kill"));
        await SignalAsync(started, "KILL");
        WorkflowRun run = await started.EndAsync();
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.True(run.Traffic.Contains("/later-allowed "), run.ToString());

        // The second says that there was a gap; what the first had seen is kept, without an end.
        JobReport second = run.Reports[^1];
        Assert.False(second.IsComplete, run.ToString());
        Assert.True(second.Document.GetProperty("losses").TryGetProperty("observation-gap", out _), run.ToString());
        Assert.Equal("enforcing", second.InForce);
        Assert.Contains("refused", second.Verdicts("__run_2", LabAddresses.Attacker));

        // A tree that git put there before the second began is known to it.
        Assert.Contains(second.Findings, found => JobReport.Text(found, "id") == "source-tampered" && JobReport.Text(found, "step") == "__run_2");
        string[] recordings =
        [
            .. fixture.Machine.JobFolders().Select(folder => Path.Combine(folder, "recording.ndjson.zst")).Where(File.Exists),
        ];
        Assert.True(recordings.Length >= 2, string.Join('\n', recordings));
    }

    /// <summary>As `pkill -9` does: service, watcher, and the guardian, which would hold on. systemd starts the service again.</summary>
    [Fact]
    public async Task When_all_its_processes_are_killed_at_once_nothing_is_reached_and_the_service_takes_over()
    {
        await ReachesWithoutAgentAsync("/after-off ", Workflow("off"));
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        using StartedRun started = Start(Workflow("all"));
        await started.SignAsync("ready");
        await KillAllAsync(started);
        await using AgentProcess next = await fixture.Machine.ServeWithAsync(Policy);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.True(run.Traffic.Contains("/allowed-all ") && run.Traffic.Contains("/later-allowed "), run.ToString());
        Assert.Equal("enforcing", run.Reports[^1].InForce);
        Assert.True(run.Reports[^1].Document.GetProperty("losses").TryGetProperty("observation-gap", out _), run.ToString());
        await fixture.Machine.ShellAsync(NothingPinned);
    }

    /// <summary>Nobody starts one again that was started on demand; the Action finds nobody, and the job is red.</summary>
    [Fact]
    public async Task When_an_agent_on_demand_is_killed_with_its_guardian_nothing_is_reached_and_the_job_fails()
    {
        await ReachesWithoutAgentAsync("/after ", OnDemand(""), "--user", RunnerMachine.User);
        using StartedRun started = Start(OnDemand(Protection), "--user", RunnerMachine.User);
        await started.SignAsync("ready");
        await KillAllAsync(started);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        await RunnerMachine.EndOf(started.Process);
        await fixture.Machine.ShellAsync("[ -n \"$(ls -d /run/sallyport/bpf/*/)\" ]");
        await fixture.Machine.ShellAsync("\"$1\" cleanup", fixture.Machine.Product);
        await fixture.Machine.ShellAsync(NothingPinned);
        WorkflowRun run = await started.EndAsync();
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.True(run.Traffic.Contains("/allowed "), run.ToString());
        Assert.Equal("failure", run.ConclusionOf());

        // And it says why: who looks at the run does not take it for a job that was watched to its end.
        JsonElement post = run.Step("Post Run step-security/harden-runner@rc");
        JsonElement said = Assert.Single(post.GetProperty("annotations").EnumerateArray(), one => one.GetProperty("level").GetString() == "error");
        Assert.Equal("No report: nothing shows protection", said.GetProperty("title").GetString());
        Assert.Equal("No agent answers on this machine.", said.GetProperty("message").GetString());
        Assert.Equal("## Sallyport: No report: nothing shows protection\n", post.GetProperty("summary").GetString());
    }

    /// <summary>Folders alone are the agent's: the kernel's own maps.debug and progs.debug lie beside them.</summary>
    private const string NothingPinned = """
        [ -d /run/sallyport/bpf ] || { ls -l /run/sallyport; exit 1; }
        for i in $(seq 50); do
          [ -n "$(find /run/sallyport/bpf -mindepth 1 -maxdepth 1 -type d)" ] || exit 0
          sleep 0.1
        done
        ls -R /run/sallyport/bpf
        exit 1
        """;

    /// <summary>R6: root of the job takes away the names that hold what is attached, and the file system that they are in.</summary>
    private const string Unpins =
        "ls -d /run/sallyport/bpf/*/*; rm -rf /run/sallyport/bpf/*/; umount -l /run/sallyport/bpf; ls -d /run/sallyport/bpf/*/ || touch $SIGNS/unpinned";

    [Theory]
    [InlineData("kill -STOP \"$1\"", "kill -CONT \"$1\"")]
    [InlineData("echo 1 > \"$2/sallyport-agent/cgroup.freeze\"", "echo 0 > \"$2/sallyport-agent/cgroup.freeze\"")]
    public async Task While_it_is_stopped_nothing_is_reached(string stop, string go)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        using StartedRun started = Start(Workflow("stop", Unpins));
        await started.SignAsync("ready");
        string[] whom = [$"{started.Watcher()}", fixture.Machine.Network.CgroupRoot];
        await fixture.Machine.ShellAsync(stop, whom);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        await Task.Delay(4000, TestContext.Current.CancellationToken);
        await fixture.Machine.ShellAsync(go, whom);
        WorkflowRun run = await started.EndAsync();
        Assert.True(File.Exists(Path.Combine(started.Folder, "unpinned")), run.ToString());
        Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
        Assert.Equal("enforcing", run.Report.InForce);
        Assert.True(run.Traffic.Contains("/allowed-stop "), run.ToString());
        Assert.NotEmpty(run.Report.Pauses);
    }

    [Fact]
    public async Task With_deny_nothing_new_leaves_while_it_is_stopped()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($"{Policy}\nonAgentLoss: deny");
        using StartedRun started = Start("""
            name: Lost
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Calls
                    id: calls
                    run: |
                      curl -sS --max-time 30 http://v4.test/before
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do sleep 0.1; done
                      curl -sS --max-time 30 http://v4.test/stopped && exit 1
                      touch $SIGNS/called
                      while ! curl -sS --max-time 30 http://v4.test/after; do sleep 0.2; done
            """);
        await started.SignAsync("ready");
        int pid = started.Watcher();
        await started.Machine.ShellAsync("kill -STOP \"$1\"", $"{pid}");
        await Task.Delay(3500, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        await started.SignAsync("called");
        await fixture.Machine.ShellAsync("kill -CONT \"$1\"", $"{pid}");
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/before ") && run.Traffic.Contains("/after "), run.ToString());
        Assert.False(run.Traffic.Contains("/stopped "), run.ToString());
        Assert.Contains(
            run.Report.Connections, row => JobReport.Text(row, "reason") == "agent-lost" && JobReport.Text(row, "step") == "calls");
    }

    private StartedRun Start(string workflow, params IEnumerable<string> options)
    {
        fixture.Machine.Network.World.Clear();
        return fixture.Machine.Start(workflow, options);
    }

    /// <summary>The control: what the job calls in its loop, and after it, arrives when nobody watches.</summary>
    private async Task ReachesWithoutAgentAsync(string after, string workflow, params IEnumerable<string> options)
    {
        using StartedRun started = Start(workflow, options);
        await started.GrowsAsync("tries", 2);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.Empty(run.Reports);
        Assert.True(run.Traffic.Contains("/at ") && run.Traffic.Contains(after), run.ToString());
    }

    /// <summary>Returns when none of them lives, and the job has called at least once from beginning to end since then.</summary>
    private async Task KillAllAsync(StartedRun started)
    {
        await fixture.Machine.ShellAsync(
            "kill -KILL \"$@\"; for pid; do while [ -e \"/proc/$pid/exe\" ]; do sleep 0.01; done; done", started.Agents());
        await started.GrowsAsync("tries", 2);
    }

    /// <summary>Sends it to the process that watches the only job, while the job calls without end.</summary>
    private static async Task SignalAsync(StartedRun started, string signal)
    {
        await started.SignAsync("ready");
        await started.Machine.ShellAsync($"kill -{signal} \"$1\"", $"{started.Watcher()}");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
    }
}
