using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A real agent and a real server: the owner's deny list holds for jobs that ask for nothing, and nobody on the way puts another in its
/// place. The attack is shown to work first, without the list.
/// </summary>
public sealed class DenyListTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";
    private const string Listed = $"{LabAddresses.Attacker} # beacon\n";

    private static string Workflow(string script) => $"""
        name: Plain
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Calls
                id: calls
                run: |
                  {script.ReplaceLineEndings("\n          ")}
        """;

    private static string Calls => Workflow($"""
        curl -sS --max-time 30 http://v4.test/other || true
        {Attacker}/out || true
        $AGENT job status > $SIGNS/status
        """);

    private RunnerMachine Machine => fixture.Machine;

    [Fact]
    public async Task It_holds_for_jobs_without_any_policy_and_wins_over_those_with_one()
    {
        await StartAnewAsync();
        await using (AgentProcess without = await Machine.ServeAsync(""))
        {
            WorkflowRun control = await Machine.RunAsync(Calls);
            Assert.True(control.Traffic.Contains("/out "), control.ToString());
        }

        await using ServedServer server = await ServedServer.StartAsync(Machine);
        string settings = await SettingsAsync(server);
        await server.DenyAsync("octo", Listed);
        await using (AgentProcess audit = await Machine.ServeAsync(settings))
        {
            Machine.Network.World.Clear();
            using StartedRun started = Machine.Start(Calls);
            WorkflowRun run = await started.EndAsync();
            Denied(run, "deny list version 1 of octo");
            Assert.True(run.Traffic.Contains("/other "), run.ToString());
            Assert.Equal(("audit", "observing"), (ModeOf(run.Report), run.Report.InForce));
            Assert.Equal("deny list version 1 of octo", JobReport.Text(run.Report.Document.GetProperty("policy"), "source"));
            string status = await File.ReadAllTextAsync(Path.Combine(started.Folder, "status"), TestContext.Current.CancellationToken);
            Assert.Contains("deny list version 1 of octo", status, StringComparison.Ordinal);
            ProcessOutcome said = await audit.StopAsync();
            Assert.DoesNotContain("eny list", said.ToString(), StringComparison.Ordinal);
        }

        // A policy that allows the address, and its next version with the next job.
        string policy = await Machine.ConfigureAsync("policy.yml", $"version: 1\nmode: block\nallow: [v4.test:80, \"{LabAddresses.Attacker}:80\"]");
        await using AgentProcess block = await Machine.ServeAsync($"policy: {policy}\n{settings}");
        WorkflowRun blocked = await Machine.RunAsync(Calls);
        Denied(blocked, "deny list version 1 of octo");
        Assert.True(blocked.Traffic.Contains("/other "), blocked.ToString());
        Assert.Equal("enforcing", blocked.Report.InForce);
        await server.DenyAsync("octo", "other.example # another\n");
        WorkflowRun next = await Machine.RunAsync(Calls);
        Assert.True(next.Traffic.Contains("/out "), next.ToString());
        Assert.EndsWith(", deny list version 2 of octo", JobReport.Text(next.Report.Document.GetProperty("policy"), "source"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_one_or_an_earlier_one_is_refused_and_said_and_the_kept_one_holds()
    {
        await StartAnewAsync();
        string settings, key, first;
        await using (ServedServer server = await ServedServer.StartAsync(Machine))
        {
            settings = await SettingsAsync(server);
            key = await server.CommandAsync("deny-list", "key", "octo");
            await server.DenyAsync("octo", "other.example # another\n");
            first = await Machine.ShellAsync(
                $"curl -sS --fail -H \"Authorization: Bearer $(cat /etc/sallyport/api.key)\" {ServedServer.Address}/api/v1/deny-list");
            await server.DenyAsync("octo", Listed);
            await using AgentProcess agent = await Machine.ServeAsync(settings);
            Denied(await Machine.RunAsync(Calls), "deny list version 2 of octo");
        }

        // Away: the kept one, and the journal says so.
        await using (AgentProcess agent = await Machine.ServeAsync(settings))
        {
            Denied(await Machine.RunAsync(Calls), "deny list version 2 of octo");
            ProcessOutcome said = await agent.StopAsync();
            Assert.Contains("An earlier deny list is in force: deny list version 2 of octo", said.ToString(), StringComparison.Ordinal);
        }

        await using FalseServer other = await FalseServer.StartAsync(Machine);
        string led = settings.Replace(ServedServer.Address, FalseServer.Address, StringComparison.Ordinal);
        string envelope = JsonDocument.Parse(first).RootElement.GetProperty("payload").GetString()!;
        foreach ((string answer, string why) in new[]
        {
            (first.Replace(envelope, $"{envelope[..40]}{(envelope[40] == 'A' ? 'B' : 'A')}{envelope[41..]}", StringComparison.Ordinal), "its signature is not of the key"),
            (first, "it is version 1, and this machine has accepted version 2"),
        })
        {
            await other.AnswerAsync(answer);
            await using AgentProcess agent = await Machine.ServeAsync(led);
            WorkflowRun run = await Machine.RunAsync(Calls);
            Denied(run, "deny list version 2 of octo");
            Assert.Contains(run.Report.Document.GetProperty("mode").GetProperty("degraded").EnumerateArray(), text =>
                text.GetString()!.StartsWith("A deny list was refused", StringComparison.Ordinal) && text.GetString()!.Contains(why, StringComparison.Ordinal));
        }

        // A key that did not sign it: what is kept by the other key is not used either.
        string wrong = led.Replace(key, "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", StringComparison.Ordinal);
        await using (AgentProcess agent = await Machine.ServeAsync(wrong))
        {
            WorkflowRun run = await Machine.RunAsync(Calls);
            Assert.True(run.Traffic.Contains("/out "), run.ToString());
            Assert.Contains(run.Report.Document.GetProperty("mode").GetProperty("degraded").EnumerateArray(), text =>
                text.GetString()!.StartsWith("No deny list is in force", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Whoever_takes_over_from_an_agent_that_was_killed_holds_the_same_list()
    {
        await StartAnewAsync();
        await using ServedServer server = await ServedServer.StartAsync(Machine);
        string settings = await SettingsAsync(server);
        await server.DenyAsync("octo", Listed);
        await using AgentProcess agent = await Machine.ServeAsync(settings);
        Machine.Network.World.Clear();
        using StartedRun started = Machine.Start(Workflow($"""
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            {Attacker}/after || true
            """));
        await started.SignAsync("ready");

        // Neither the server nor the disk has it any more.
        await server.DisposeAsync();
        await ForgetAsync();
        await Machine.ShellAsync(
            """
            kill -KILL "$2"
            until status=$("$1" job status --json); case $status in (*"-$2\""* | *'"starting"'*) false ;; (*'"denyList":"deny list version 1 of octo"'*) ;; (*) false ;; esac; do sleep 0.1; done
            """,
            Machine.Product, $"{started.Watcher()}");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.False(run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal(["refused"], run.Reports[^1].Verdicts("calls", LabAddresses.Attacker));
        Assert.Equal("deny list version 1 of octo", JobReport.Text(run.Reports[^1].Document.GetProperty("policy"), "source"));
    }

    private static void Denied(WorkflowRun run, string list)
    {
        Assert.False(run.Traffic.Contains("/out "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("calls", LabAddresses.Attacker));
        Assert.Contains(
            run.Report.Document.GetProperty("policy").GetProperty("rules").EnumerateArray(),
            rule => JobReport.Text(rule, "origin") == $"{list}: beacon" && JobReport.Text(rule, "text") == LabAddresses.Attacker);
    }

    private static string? ModeOf(JobReport report) => JobReport.Text(report.Document.GetProperty("mode"), "asked");

    /// <summary>agent.yml's lines for a server, with a key of its own and the key of its list.</summary>
    private async Task<string> SettingsAsync(ServedServer server)
    {
        string path = await Machine.ConfigureAsync("api.key", await server.KeyAsync("octo"));
        await Machine.ShellAsync("chmod 600 \"$1\"", path);
        string key = await server.CommandAsync("deny-list", "key", "octo");
        return $"server: {{ url: \"{ServedServer.Address}\", keyFile: {path}, denyListKey: \"{key}\" }}";
    }

    private Task<string> StartAnewAsync() => Machine.ShellAsync($"rm -rf /var/lib/sallyport/deny-lists {RunnerMachine.Work}/server");

    private Task<string> ForgetAsync() => Machine.ShellAsync("rm -rf /var/lib/sallyport/deny-lists");
}
