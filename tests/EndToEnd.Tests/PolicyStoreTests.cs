using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A real agent and a real server: the job's recording arrives there, the policy of the store is in force, and an edit of it is with the
/// next job.
/// </summary>
public sealed class PolicyStoreTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";
    private const string Strict = "version: 1\nmode: block\nallow:\n  - v4.test:80\n";

    private static string Workflow(string key, string ask = "use-policy-store: true") => $"""
        name: Stored
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  {ask.ReplaceLineEndings("\n          ")}
                  server-url: {ServedServer.Address}
                  api-key: {key}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 30 http://v4.test/allowed
                  {Attacker}/out || echo "curl says $?"
        """;

    [Fact]
    public async Task The_stores_policy_is_in_force_its_edit_is_with_the_next_job_and_recordings_arrive()
    {
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await StartAnewAsync();
        string key = await server.KeyAsync("octo");
        await server.SaveAsync("octo", "base", Strict);
        await server.CommandAsync("policy", "attach", "octo", "base");

        WorkflowRun first = await RunAsync(key, "101");
        Assert.True(first.ConclusionOf() == "success", first.ToString());
        Assert.True(first.Traffic.Contains("/allowed ") && !first.Traffic.Contains("/out "), first.ToString());
        Assert.Equal(["refused"], first.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.Contains("base version 1", first.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);

        await server.SaveAsync("octo", "base", $"{Strict}  - {LabAddresses.Attacker}:80\n");
        WorkflowRun second = await RunAsync(key, "102");
        Assert.True(second.Traffic.Contains("/out "), second.ToString());
        Assert.Contains("base version 2", second.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);

        await WaitForAsync(() => server.Recordings().Length >= 2, server);
        // Without the server the last answer holds, and that is said: one that is away, and one that takes what is sent and says nothing,
        // to the two questions that a start may have. The Action waits ten seconds for all of it.
        await server.DisposeAsync();
        WorkflowRun third = await RunAsync(key, "103");
        AssertEarlier(third);
        await machine.ConfigureAsync("api.key", key);
        await machine.ShellAsync("chmod 600 /etc/sallyport/api.key");
        string signing = await server.CommandAsync("deny-list", "key", "octo");
        await machine.ConfigureOnDemandAsync(
            $"server: {{ url: \"{ServedServer.Address}\", keyFile: /etc/sallyport/api.key, denyListKey: \"{signing}\" }}");
        string silent = await machine.ShellAsync("""
            setsid python3 -c 'import socket, time; s = socket.create_server(("127.0.0.1", 8710), backlog=64); time.sleep(300)' > /dev/null 2>&1 < /dev/null &
            echo $!
            """);
        try
        {
            WorkflowRun fourth = await RunAsync(key, "104");
            for (int again = 0; again < 2 && Titles(fourth).Contains("This job is not protected"); again++)
            {
                fourth = await RunAsync(key, "104"); // of what the Action waits the two questions take five seconds
            }

            AssertEarlier(fourth);
            Assert.Contains(Titles(fourth), title => title == "No deny list is in force");
        }
        finally
        {
            await machine.ShellAsync("kill \"$1\"", silent.Trim());
            await machine.ConfigureOnDemandAsync();
        }

        foreach (string recording in server.Recordings())
        {
            string report = await machine.ShellAsync("\"$1\" report --format json \"$2\"", machine.Product, recording.Replace(
                machine.Network.WorkFolder, RunnerMachine.Work, StringComparison.Ordinal));
            Assert.Equal("octo/demo", JsonDocument.Parse(report).RootElement
                .GetProperty("job").GetProperty("github").GetProperty("repository").GetString());
        }
    }

    /// <summary>By its name a policy need be attached to nothing, and what is attached is not asked for.</summary>
    [Fact]
    public async Task A_policy_that_a_step_names_is_in_force_and_one_that_is_not_there_protects_nothing()
    {
        await using ServedServer server = await StartAnewAsync();
        await fixture.Machine.ConfigureOnDemandAsync();
        string key = await server.KeyAsync("octo");
        await server.SaveAsync("octo", "attached", $"version: 1\nmode: audit\nallow: [\"{LabAddresses.Attacker}:80\"]\n");
        await server.CommandAsync("policy", "attach", "octo", "attached");
        await server.SaveAsync("octo", "named", Strict);
        WorkflowRun control = await RunAsync(key, "501");
        Assert.True(control.Traffic.Contains("/out "), control.ToString());

        WorkflowRun named = await RunAsync(key, "502", "policy: named");
        Assert.True(named.ConclusionOf() == "success", named.ToString());
        Assert.True(named.Traffic.Contains("/allowed ") && !named.Traffic.Contains("/out "), named.ToString());
        Assert.Equal(["refused"], named.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.EndsWith("policy store: named version 1", JobReport.Text(named.Report.Document.GetProperty("policy"), "source"), StringComparison.Ordinal);

        foreach ((string mode, string conclusion, string level) in ((string, string, string)[])[
            ("", "failure", "error"), ("\negress-policy: block", "failure", "error"), ("\negress-policy: audit", "success", "warning")])
        {
            WorkflowRun missing = await RunAsync(key, "503", $"policy: absent{mode}");
            Assert.True(missing.ConclusionOf() == conclusion, missing.ToString());
            Assert.Contains(missing.Step("Pre Harden Runner").GetProperty("annotations").EnumerateArray(), one =>
                one.GetProperty("title").GetString() == "This job is not protected" && one.GetProperty("level").GetString() == level
                && one.GetProperty("message").GetString()!.Contains("has no policy 'absent'", StringComparison.Ordinal));
            Assert.True(missing.Traffic.Contains("/out ") == (mode.EndsWith("audit", StringComparison.Ordinal)), missing.ToString());
            Assert.Empty(missing.Reports);
        }
    }

    [Fact]
    public async Task A_floor_holds_for_jobs_that_ask_for_nothing_and_bounds_those_that_ask_for_more()
    {
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await StartAnewAsync();
        string path = await machine.ConfigureAsync("api.key", await server.KeyAsync("octo"));
        await machine.ShellAsync("chmod 600 \"$1\"", path);
        await using AgentProcess agent = await machine.ServeAsync($"server: {{ url: \"{ServedServer.Address}\", keyFile: {path} }}");
        WorkflowRun control = await RunPlainAsync("201");
        Assert.True(control.Traffic.Contains("/out ") && control.Traffic.Contains("/late "), control.ToString());

        // What is attached and no floor holds where a step asks for it, and nowhere else.
        await server.SaveAsync("octo", "attached", Strict);
        await server.CommandAsync("policy", "attach", "octo", "attached");
        foreach (string with in new[] { "", "use-policy-store: true" })
        {
            WorkflowRun run = await RunPlainAsync("206", with);
            string source = JobReport.Text(run.Report.Document.GetProperty("policy"), "source") ?? "";
            Assert.True(source.Contains("attached version 1", StringComparison.Ordinal) == (with.Length > 0), run.ToString());
            Assert.True(run.Traffic.Contains("/out "), run.ToString()); // the step says audit, and nobody says block
            Assert.Equal("observing", run.Report.InForce);
        }

        await server.SaveAsync("octo", "everywhere", Strict);
        await server.CommandAsync("policy", "attach", "octo", "everywhere", "--floor");
        foreach (string with in new[] { "", $"allowed-endpoints: v4.test:80 {LabAddresses.Attacker}:80" })
        {
            WorkflowRun run = await RunPlainAsync("202", with);
            Assert.True(run.Traffic.Contains("/allowed ") && run.Traffic.Contains("/late ") && !run.Traffic.Contains("/out "), run.ToString());
            Assert.Equal(["refused"], run.Report.Verdicts("call", LabAddresses.Attacker));
            Assert.Equal("enforcing", run.Report.InForce);
            Assert.EndsWith("floor everywhere version 1", JobReport.Text(run.Report.Document.GetProperty("policy"), "source"), StringComparison.Ordinal);
        }

        // One of the repository: known when a step has shown which it is. It allows nothing, which is not the same as saying nothing.
        await server.SaveAsync("octo", "narrow", "version: 1\nallow: []\n");
        await server.CommandAsync("policy", "attach", "octo", "narrow", "--floor", "--repository", "demo");
        WorkflowRun narrow = await RunPlainAsync("203", tries: 400);
        Assert.False(narrow.Traffic.Contains("/late "), narrow.ToString());
        await server.DisposeAsync();
        WorkflowRun kept = await RunPlainAsync("204", tries: 400);
        Assert.False(kept.Traffic.Contains("/late ") || kept.Traffic.Contains("/out "), kept.ToString());
        ProcessOutcome said = await agent.StopAsync();
        Assert.Contains("Earlier floors are in force: floor everywhere version 1", said.ToString(), StringComparison.Ordinal);

        // Neither an answer nor a kept one: the job runs, and says that it has less than it should.
        await machine.ShellAsync("rm -rf /var/lib/sallyport/policies");
        await using AgentProcess without = await machine.ServeAsync($"server: {{ url: \"{ServedServer.Address}\", keyFile: {path} }}");
        WorkflowRun open = await RunPlainAsync("205");
        Assert.True(open.Traffic.Contains("/out "), open.ToString());
        Assert.Contains(open.Report.Document.GetProperty("mode").GetProperty("degraded").EnumerateArray(), text =>
            text.GetString()!.StartsWith("Floors of the policy store are not known: ", StringComparison.Ordinal));
    }

    /// <summary><c>fail-on: new</c>: the server says what earlier runs of the job reached.</summary>
    [Fact]
    public async Task What_no_earlier_run_of_the_job_reached_fails_it()
    {
        await using ServedServer server = await StartAnewAsync();
        string key = await server.KeyAsync("octo");
        WorkflowRun first = await RunComparedAsync(key, "301", "true");
        Assert.True(first.ConclusionOf() == "success", first.ToString());
        Assert.Contains(Titles(first), title => title == "fail-on: new compares nothing");
        await fixture.Machine.ShellAsync(
            """
            for i in $(seq 150); do
              answer=$(curl -s -H "Authorization: Bearer $1" "$2/api/v1/baseline?repository=octo/demo&workflow=Compared&job=build&run=302")
              case $answer in *tcp://v4.test:80*) exit 0 ;; esac
              sleep 0.2
            done
            echo "$answer" >&2
            exit 1
            """,
            key, ServedServer.Address);
        WorkflowRun second = await RunComparedAsync(key, "302", "true");
        Assert.True(second.ConclusionOf() == "success", second.ToString());
        Assert.DoesNotContain(Titles(second), title => title!.StartsWith("fail-on", StringComparison.Ordinal));
        WorkflowRun third = await RunComparedAsync(key, "303", $"{Attacker}/out");
        Assert.True(third.Traffic.Contains("/out ") && third.ConclusionOf() == "failure", third.ToString());
        Assert.Contains(
            third.Step("Post Harden Runner").GetProperty("annotations").EnumerateArray(),
            one => one.GetProperty("message").GetString() == $"matched: --fail-on: 1 new, first tcp://{LabAddresses.Attacker}:80");
    }

    private Task<WorkflowRun> RunComparedAsync(string key, string run, string more) => fixture.Machine.RunAsync(
        $"""
        name: Compared
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: audit
                  fail-on: new
                  server-url: {ServedServer.Address}
                  api-key: {key}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 30 http://v4.test/allowed
                  {more}
        """,
        "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    [Fact]
    public async Task The_recording_of_a_run_arrives_and_a_server_that_is_away_changes_no_exit_code()
    {
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await StartAnewAsync();
        string path = await machine.ConfigureAsync("run.key", await server.KeyAsync("octo"));
        await machine.ShellAsync("chmod 600 \"$1\"", path);
        string delivered = await RunCommandAsync(path);
        AssertSent(delivered);
        Assert.EndsWith("code 3\n", delivered, StringComparison.Ordinal);
        await WaitForAsync(() => server.Recordings().Length == 1, server);
        await server.DisposeAsync();
        string away = await RunCommandAsync(path);
        Assert.True(away.Contains(" segments ", StringComparison.Ordinal) && away.Contains("not delivered to 127.0.0.1", StringComparison.Ordinal), away);
        Assert.EndsWith("code 3\n", away, StringComparison.Ordinal);
    }

    /// <summary>No key anywhere: the Action asks GitHub for a token of the job, for this server, which asks GitHub for the keys.</summary>
    [Fact]
    public async Task A_jobs_own_token_is_enough_to_send_its_recording_and_of_another_run_it_is_not()
    {
        await using ServedServer server = await StartAnewAsync($"issuers:0:issuer=https://{World.TokenHost}", "issuers:0:owners=octo");
        await fixture.Machine.ConfigureOnDemandAsync();
        WorkflowRun foreign = await RunWithTokenAsync("301", tokenOf: "302");
        for (int again = 0; again < 2 && IsOnItsWay(await SentAsync(foreign)); again++)
        {
            foreign = await RunWithTokenAsync("301", tokenOf: "302");
        }

        Assert.Contains("HTTP 403", await SentAsync(foreign), StringComparison.Ordinal);
        Assert.Empty(server.Recordings());
        WorkflowRun own = await RunWithTokenAsync("301", tokenOf: "301");
        AssertSent(await SentAsync(own));
        await WaitForAsync(() => server.Recordings().Length == 1, server);
        Assert.True(own.ConclusionOf() == "success" && foreign.ConclusionOf() == "success", own.ToString());
    }

    /// <summary>disable-telemetry: of the step's own server it keeps the recording, of the machine's it does not, and that is said.</summary>
    [Fact]
    public async Task A_step_keeps_its_recording_from_its_own_server_and_not_from_the_machines()
    {
        const string Title = "disable-telemetry does not hold here";
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await StartAnewAsync();
        string key = await server.KeyAsync("octo");
        await machine.ConfigureOnDemandAsync();
        string own = $"server-url: {ServedServer.Address}\n          api-key: {key}\n          disable-telemetry: ";
        WorkflowRun kept = await RunWithAsync($"{own}true", "401");
        WorkflowRun sent = await RunWithAsync($"{own}false", "402");
        Assert.False(File.Exists(Path.Combine(kept.Report.Folder, "upload.txt")));
        AssertSent(await SentAsync(sent));
        Assert.DoesNotContain(Title, Titles(kept));

        string path = await machine.ConfigureAsync("api.key", key);
        await machine.ShellAsync("chmod 600 \"$1\"", path);
        string owners = $"server: {{ url: \"{ServedServer.Address}\", keyFile: {path} }}";
        await machine.ConfigureOnDemandAsync(owners);
        WorkflowRun onDemand = await RunWithAsync("disable-telemetry: true", "403");
        await using AgentProcess agent = await machine.ServeAsync(owners);
        WorkflowRun served = await RunWithAsync("disable-telemetry: true", "404");
        foreach (WorkflowRun run in new[] { onDemand, served })
        {
            AssertSent(await SentAsync(run));
            Assert.Contains(Title, Titles(run));
            Assert.Contains(Title, run.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);
        }

        await WaitForAsync(() => server.Recordings().Length == 3, server);
        await machine.ConfigureOnDemandAsync();
    }

    private Task<WorkflowRun> RunWithAsync(string inputs, string run) => fixture.Machine.RunAsync(
        $"""
        name: Kept
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  {inputs}
              - name: Call out
                run: curl -sS --max-time 30 http://v4.test/allowed
        """,
        "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    private static async Task<string> SentAsync(WorkflowRun run)
    {
        string path = Path.Combine(run.Report.Folder, "upload.txt");
        Assert.True(File.Exists(path), $"{run.TextOf("Pre Harden Runner")}\n{run}");
        return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
    }

    /// <summary>It arrived while the job's end waited for it, or does so later, which the server shows.</summary>
    private static void AssertSent(string said) =>
        Assert.True(said.Contains("server  http://localhost:8710/jobs/", StringComparison.Ordinal) || IsOnItsWay(said), said);

    private static bool IsOnItsWay(string said) => said.Contains(" yet: it goes on for ", StringComparison.Ordinal);

    private Task<WorkflowRun> RunWithTokenAsync(string run, string tokenOf) => fixture.Machine.RunAsync(
        $"""
        name: Token
        on: push
        permissions:
          id-token: write
        jobs:
          build:
            runs-on: ubuntu-24.04
            env:
              ACTIONS_ID_TOKEN_REQUEST_URL: https://{World.TokenHost}/id-token?run={tokenOf}
              ACTIONS_ID_TOKEN_REQUEST_TOKEN: of-the-job
              NODE_EXTRA_CA_CERTS: /run/lab/ca.pem
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: audit
                  server-url: http://localhost:8710
              - name: Call out
                run: curl -sS --max-time 30 http://v4.test/allowed
        """,
        "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    /// <summary>A server that knows nothing, and a machine that has kept nothing of one.</summary>
    private async Task<ServedServer> StartAnewAsync(params IEnumerable<string> settings)
    {
        await fixture.Machine.ShellAsync($"rm -rf /var/lib/sallyport/policies {RunnerMachine.Work}/server /etc/sallyport/agent.yml");
        return await ServedServer.StartAsync(fixture.Machine, settings);
    }

    private Task<string> RunCommandAsync(string key) => fixture.Machine.ShellAsync(
        $"""
        cd {RunnerMachine.Work}
        code=0
        "$1" run --server {ServedServer.Address} --api-key-file "$2" --output {RunnerMachine.Work}/run-{Guid.NewGuid():n} -- sh -c 'exit 3' 2>&1 || code=$?
        echo "code $code"
        """,
        fixture.Machine.Product, key);

    /// <summary>A job without the Action, or with it and a policy of the workflow's own; it calls out early, and late.</summary>
    /// <param name="run">Number of the run.</param>
    /// <param name="with">The Action's inputs; empty without it.</param>
    /// <param name="tries">How often it calls before the late call, unless it is refused: what is to refuse it is in force by then.</param>
    private Task<WorkflowRun> RunPlainAsync(string run, string with = "", int tries = 20) => fixture.Machine.RunAsync(
        $"""
        name: Plain
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
        {(with.Length == 0 ? "" : $"      - uses: step-security/harden-runner@rc\n        with: {{ egress-policy: audit, deploy-on-self-hosted-vm: true, {with.Replace(": ", ": \"", StringComparison.Ordinal)}\" }}")}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 30 http://v4.test/allowed || true
                  {Attacker}/out || echo "curl says $?"
                  for i in $(seq {tries}); do curl -s --max-time 30 http://v4.test/again || break; sleep 0.1; done
                  curl -sS --max-time 30 http://v4.test/late || true
        """,
        "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    private static void AssertEarlier(WorkflowRun run)
    {
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/out "), run.ToString());
        Assert.Contains(Titles(run), title => title == "An earlier policy of the store is in force");
    }

    private static IEnumerable<string?> Titles(WorkflowRun run) => run.Step("Pre Harden Runner").GetProperty("annotations").EnumerateArray()
        .Select(one => one.GetProperty("title").GetString());

    private Task<WorkflowRun> RunAsync(string key, string run, string ask = "use-policy-store: true") =>
        fixture.Machine.RunAsync(Workflow(key, ask), "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    private static async Task WaitForAsync(Func<bool> isSo, ServedServer server)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            Assert.False(deadline.IsCancellationRequested, await server.StateAsync());
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
