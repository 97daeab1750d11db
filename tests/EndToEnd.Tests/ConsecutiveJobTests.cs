using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// One runner on a machine that lives on is given three jobs in a row, each protected in its own way: none has anything of the one
/// before, neither its policy nor what was taken from it, and each has its own report.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class ConsecutiveJobTests(DockerFixture fixture)
{
    private const string Attacker = $"http://{LabAddresses.Attacker}";
    private const string Socket = "/run/docker.sock";

    /// <summary>A JavaScript action, a container action and a script, which call the same two hosts.</summary>
    private static readonly string s_workflow = $$"""
        name: In a row
        on: push
        jobs:
        {{Job("javascript", $"egress-policy: block\nallowed-endpoints: {LabAddresses.Allowed}:80\ndisable-sudo: true", $"""
            uses: test/staged@v1
            with:
              url: {Attacker}/javascript-
            """)}}
        {{Job("container", "egress-policy: audit", $"""
            uses: test/docker@v1
            with:
              script: curl -sS --max-time 30 {Attacker}/container-main
            """)}}
        {{Job("script", $"egress-policy: block\nallowed-endpoints: {LabAddresses.Attacker}:80\ndisable-sudo-and-containers: true", $"""
            run: curl -sS --max-time 30 {Attacker}/script-main
            """)}}
        """;

    /// <param name="name">Of the job.</param>
    /// <param name="inputs">The Action's, lines of YAML.</param>
    /// <param name="step">What calls the attacker, lines of YAML.</param>
    private static string Job(string name, string inputs, string step) => $$"""
          {{name}}:
            runs-on: ubuntu-24.04
            steps:
              - name: Protect
                uses: sallyport/sallyport@v1
                with:
                  {{inputs.ReplaceLineEndings("\n          ")}}
              - id: calls
                {{step.ReplaceLineEndings("\n        ")}}
              - id: tries
                run: |
                  curl -sS --max-time 30 http://{{LabAddresses.Allowed}}/{{name}}-other || true
                  {
                    sudo -n id -u 2> /dev/null || echo refused
                    docker version > /dev/null 2>&1 && echo reached || echo refused
                    cut -d ' ' -f 4 /proc/$PPID/stat
                  } > $SIGNS/{{name}}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_job_has_its_own_policy_report_and_sudo(bool isServed)
    {
        RunnerMachine machine = fixture.Machine;
        string before = (await machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim();
        await machine.ShellAsync($"chgrp 4242 {Socket}; chmod 660 {Socket}");
        await using AgentProcess? agent = isServed ? await machine.ServeAsync("") : null;
        try
        {
            machine.Network.World.Clear();
            using StartedRun started = machine.Start(s_workflow, "--user", RunnerMachine.User);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.Reports.Count == 3, run.ToString());
            string[] listeners =
            [
                AssertJob(run, started, 0, "javascript", LabAddresses.Allowed, "refused", "refused"),
                AssertJob(run, started, 1, "container", null, "0", "reached"),
                AssertJob(run, started, 2, "script", LabAddresses.Attacker, "refused", "refused"),
            ];
            Assert.Single(listeners.Distinct());

            // What the last one has taken is given back as well.
            Assert.Equal("0", (await machine.ShellAsync("setpriv --reuid=4242 --regid=4242 --init-groups sudo -n id -u")).Trim());
            Assert.Equal("4242 660", (await machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim());
        }
        finally
        {
            string[] words = before.Split(' ');
            await machine.ShellAsync($"chgrp {words[0]} {Socket}; chmod {words[1]} {Socket}");
            await machine.ConfigureOnDemandAsync();
        }
    }

    /// <param name="run">Of all jobs.</param>
    /// <param name="started">The same.</param>
    /// <param name="at">Place of the job.</param>
    /// <param name="name">Its name.</param>
    /// <param name="allowed">The address that it may call; null for audit.</param>
    /// <param name="sudo">What came of sudo.</param>
    /// <param name="docker">What came of Docker's socket.</param>
    /// <returns>Number of the listener's process.</returns>
    private static string AssertJob(
        WorkflowRun run, StartedRun started, int at, string name, string? allowed, string sudo, string docker)
    {
        Assert.True(run.ConclusionOf(at) == "success", run.ToString());
        JobReport report = run.Reports[at];
        Assert.Equal(name, JobReport.Text(report.Document.GetProperty("job").GetProperty("github"), "job"));
        Assert.Equal(allowed is null ? "observing" : "enforcing", report.InForce);
        Assert.True(report.IsComplete, run.ToString());
        report.AssertBegan(fromStart: true);
        foreach ((string step, string address, string call) in new[]
            { ("calls", LabAddresses.Attacker, $"{name}-main"), ("tries", LabAddresses.Allowed, $"{name}-other") })
        {
            string verdict = allowed is null ? "observed" : allowed == address ? "allowed" : "refused";
            Assert.True(report.Verdicts(step, address) is [var only] && only == verdict, $"{name} {step}\n{run}");
            Assert.True(run.Traffic.Contains($"/{call} ") == (verdict != "refused"), $"{call}\n{run}");
        }

        // Of the others it knows nothing.
        string own = $"{Attacker}/{name}-";
        Assert.DoesNotContain(report.Processes.SelectMany(process => process.GetProperty("argv").EnumerateArray()), argument =>
            argument.GetString()!.StartsWith($"{Attacker}/", StringComparison.Ordinal)
            && !argument.GetString()!.StartsWith(own, StringComparison.Ordinal) && !argument.GetString()!.EndsWith("/built", StringComparison.Ordinal));
        Assert.All(["Pre Protect", "Post Protect"], step => Assert.Contains(report.Id, run.TextOf(step, at), StringComparison.Ordinal));
        string[] said = File.ReadAllLines(Path.Combine(started.Folder, name));
        Assert.True(said[0] == sudo && said[1] == docker, $"{name}: {string.Join(", ", said)}\n{run}");
        return said[2];
    }
}
