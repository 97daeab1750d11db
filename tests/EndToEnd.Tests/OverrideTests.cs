using System.Globalization;
using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// `sallyport override`: root on the machine stops enforcement in a job that runs, and every output says so; the job cannot. And the server's,
/// which end.
/// </summary>
public sealed class OverrideTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Workflow = $$"""
        name: Override
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Calls
                id: calls
                run: |
                  curl -sS --max-time 5 http://{{LabAddresses.Attacker}}/before || true
                  cat > $SIGNS/try.sh <<'EOF'
                  # 70: the agent had no time to find out whose this is
                  until sudo -n $AGENT override --reason mine > $SIGNS/$1 2>&1; code=$?; [ $code != 70 ]; do sleep 0.1; done
                  echo $code >> $SIGNS/$1
                  EOF
                  sh $SIGNS/try.sh own
                  (setsid sh -c 'sleep 0.3; sh $SIGNS/try.sh left; touch $SIGNS/ready' < /dev/null > /dev/null 2>&1 &)
                  while [ ! -e $SIGNS/go ]; do sleep 0.05; done
                  curl -sS --max-time 5 http://{{LabAddresses.Attacker}}/after || true
                  curl -sS --max-time 5 http://{{LabAddresses.Wanted}}/denied || true
        """;

    private const string Policy = $$"""
        version: 1
        mode: block
        allow: [v4.test:80]
        deny: ["{{LabAddresses.Wanted}}:80"]
        steps:
          - match: { id: calls }
            mode: block
            allow: [two.test:80]
        """;

    [Fact]
    public async Task The_owner_of_the_machine_breaks_the_glass_and_a_job_does_not()
    {
        string floor = await fixture.Machine.ConfigureAsync("floor.yml", "version: 1\nmode: block");
        string policy = await fixture.Machine.ConfigureAsync("policy.yml", Policy);
        await using AgentProcess agent = await fixture.Machine.ServeAsync($"policy: {policy}\nfloor: {floor}");
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(Workflow, "--user", RunnerMachine.User);
        await started.SignAsync("ready");
        foreach (string name in (string[])["own", "left"])
        {
            string said = await File.ReadAllTextAsync(Path.Combine(started.Folder, name), TestContext.Current.CancellationToken);
            Assert.True(said.TrimEnd().EndsWith("77", StringComparison.Ordinal), $"{name}: {said}");
        }

        string told = await fixture.Machine.ShellAsync("\"$1\" override --reason 'the registry has moved'", fixture.Machine.Product);
        Assert.Contains("audit · observing", told, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.False(run.Traffic.Contains("/before "), run.ToString());
        Assert.True(run.Traffic.Contains("/after "), run.ToString());
        Assert.False(run.Traffic.Contains("/denied "), run.ToString());
        JobReport report = run.Report;
        Assert.Equal("observing", report.InForce);
        Assert.Equal(["observed", "refused"], report.Verdicts("calls", LabAddresses.Attacker).Order(StringComparer.Ordinal));
        var finding = Assert.Single(report.Findings, finding => JobReport.Text(finding, "id") == "enforcement-overridden");
        Assert.Equal("the registry has moved", finding.GetProperty("evidence").GetProperty("reason").GetString());
        foreach (string name in (string[])["summary.md", "report.html", "report.sarif"])
        {
            Assert.Contains(
                "Enforcement was switched off",
                await File.ReadAllTextAsync(Path.Combine(report.Folder, name), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Contains(
            "`audit: overridden by root: the registry has moved`",
            await File.ReadAllTextAsync(Path.Combine(report.Folder, "summary.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Signed on a real server: for a machine that has the key of another it is a forgery; for the right one it holds until it is revoked.</summary>
    [Fact]
    public async Task An_override_of_the_server_holds_where_the_machine_has_its_key_until_it_is_revoked()
    {
        const string Waiting = $"""
            name: Override
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Calls
                    id: calls
                    run: |
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do sleep 0.05; done
                      curl -sS --max-time 5 http://{LabAddresses.Attacker}/during || true
                      curl -sS --max-time 5 http://{LabAddresses.Wanted}/denied || true
                      touch $SIGNS/called
                      while [ ! -e $SIGNS/again ]; do sleep 0.05; done
                      curl -sS --max-time 5 http://{LabAddresses.Attacker}/after || true
            """;
        await fixture.Machine.ShellAsync($"rm -rf {RunnerMachine.Work}/server");
        await using ServedServer server = await ServedServer.StartAsync(fixture.Machine);
        string secret = await fixture.Machine.ConfigureAsync("api.key", await server.CommandAsync("api-key", "octo"));
        await fixture.Machine.ShellAsync("chmod 600 \"$1\"", secret);
        string floor = await fixture.Machine.ConfigureAsync("floor.yml", "version: 1\nmode: block");
        string policy = await fixture.Machine.ConfigureAsync("policy.yml", Policy);
        string until = TimeProvider.System.GetUtcNow().AddHours(1).ToString("u", CultureInfo.InvariantCulture);
        await server.CommandAsync("override", "save", "octo", "--reason", "the registry has moved", "--until", until, "--repository", "demo");
        const string Refused = "An override of the server was refused";
        foreach ((string key, string sign) in new[]
        {
            ("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", Refused),
            (await server.CommandAsync("deny-list", "key", "octo"), "\"mode\":\"audit\""),
        })
        {
            await using AgentProcess agent = await fixture.Machine.ServeAsync(
                $"policy: {policy}\nfloor: {floor}\nserver: {{ url: \"{ServedServer.Address}\", keyFile: {secret}, overrideKey: \"{key}\" }}");
            fixture.Machine.Network.World.Clear();
            using StartedRun started = fixture.Machine.Start(Waiting, "--user", RunnerMachine.User, "--repository", "octo/demo");
            await started.SignAsync("ready");
            await StatusAsync(sign);
            await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
            await started.SignAsync("called");
            if (sign != Refused)
            {
                string id = await fixture.Machine.ShellAsync(
                    $"curl -sS --fail -H \"Authorization: Bearer $(cat {secret})\" '{ServedServer.Address}/api/v1/overrides?repository=octo/demo'");
                byte[] payload = JsonDocument.Parse(id).RootElement.GetProperty("overrides")[0].GetProperty("payload").GetBytesFromBase64();
                await server.CommandAsync("override", "revoke", "octo", JsonDocument.Parse(payload).RootElement.GetProperty("id").GetString()!);
                await StatusAsync("\"mode\":\"block\"");
            }

            await File.WriteAllTextAsync(Path.Combine(started.Folder, "again"), "", TestContext.Current.CancellationToken);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.Traffic.Contains("/during ") == (sign != Refused), $"{sign}\n{run}");
            Assert.False(run.Traffic.Contains("/denied ") || run.Traffic.Contains("/after "), run.ToString());
            Assert.Equal("enforcing", run.Report.InForce);
            var findings = run.Report.Findings.Where(finding => JobReport.Text(finding, "id") == "enforcement-overridden").ToList();
            if (sign == Refused)
            {
                Assert.Empty(findings);
                continue;
            }

            Assert.Equal(["observed", "refused"], run.Report.Verdicts("calls", LabAddresses.Attacker).Order(StringComparer.Ordinal));
            JsonElement evidence = Assert.Single(findings).GetProperty("evidence");
            Assert.Equal(
                ("the registry has moved", "console", until, "block"),
                (JobReport.Text(evidence, "reason"), JobReport.Text(evidence, "by"), JobReport.Text(evidence, "until"), JobReport.Text(evidence, "before")));
            foreach (string name in (string[])["summary.md", "report.html", "report.sarif"])
            {
                Assert.Contains(
                    "Enforcement was switched off",
                    await File.ReadAllTextAsync(Path.Combine(run.Report.Folder, name), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }
        }
    }

    private Task<string> StatusAsync(string text) => fixture.Machine.ShellAsync(
        """for i in $(seq 300); do "$1" job status --json | grep -qF "$2" && exit; sleep 0.1; done; "$1" job status --json >&2; exit 1""",
        fixture.Machine.Product, text);

    /// <summary>
    /// The agent is killed after it, and before it: whoever takes over goes on in audit, the reports of both say why, and no verdict of the
    /// one that is gone stays in force. When the job ends meanwhile, whoever is about to take over knows of it too.
    /// </summary>
    [Theory]
    [InlineData("override kill succession")]
    [InlineData("kill succession override")]
    [InlineData("kill override")]
    [InlineData("override kill beginning")]
    public async Task It_holds_when_the_agent_is_killed(string order)
    {
        const string Long = $"""
            name: Override
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Calls
                    id: calls
                    run: |
                      curl -sS --max-time 5 http://{LabAddresses.Attacker}/before || true
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do sleep 0.05; done
                      for i in $(seq 300); do curl -sS --fail --max-time 5 http://{LabAddresses.Attacker}/after && break; sleep 0.1; done
            """;
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(Long, "--user", RunnerMachine.User);
        await started.SignAsync("ready");
        int watcher = started.Watcher();
        foreach (string what in order.Split(' '))
        {
            string said = await fixture.Machine.ShellAsync(
                what switch { "override" => Override, "kill" => Kill, "beginning" => Beginning, _ => Succession }, fixture.Machine.Product, $"{watcher}");
            Assert.True(what != "override" || said.Contains("audit · observing", StringComparison.Ordinal), said);
        }

        // The guardian of the one that is gone looks once a second, so the step tries again.
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.False(run.Traffic.Contains("/before "), run.ToString());
        Assert.True(run.Traffic.Contains("/after "), run.ToString());
        bool isSucceeded = !order.EndsWith("beginning", StringComparison.Ordinal);
        Assert.True(run.Reports.Count == 2 || (!isSucceeded && run.Reports.Count == 1), run.ToString());
        foreach (JobReport report in run.Reports.Skip(order.StartsWith("override", StringComparison.Ordinal) ? 0 : 1))
        {
            var findings = report.Findings.Where(finding => JobReport.Text(finding, "id") == "enforcement-overridden").ToList();
            Assert.True(findings.Count == 1, run.ToString());
            Assert.Equal("block", findings[0].GetProperty("evidence").GetProperty("before").GetString());
            Assert.Equal("observing", report.InForce);
        }

        Assert.True(!isSucceeded || run.Reports[^1].Verdicts("calls", LabAddresses.Attacker).Contains("observed"), run.ToString());
    }

    private const string Kill = """
        kill -KILL "$2"
        """;

    /// <summary>Another one is about to take over.</summary>
    private const string Beginning = """
        until status=$("$1" job status --json); case $status in (*"-$2\""*) false ;; (*'"worker"'*) ;; (*) false ;; esac; do sleep 0.01; done
        """;

    /// <summary>Another one has taken over, and its verdicts hold.</summary>
    private const string Succession = """
        until status=$("$1" job status --json); case $status in (*"-$2\""* | *'"starting"'*) false ;; (*'"worker"'*) ;; (*) false ;; esac; do sleep 0.1; done
        """;

    /// <summary>A job that is just being taken over does not answer yet, which is no yes.</summary>
    private const string Override = """
        for i in $(seq 100); do "$1" override --reason 'the registry has moved' && exit; [ $? = 70 ]; sleep 0.1; done; exit 1
        """;
}
