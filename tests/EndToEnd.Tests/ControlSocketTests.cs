using System.Globalization;
using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Who may ask the agent what (R15): whose job a process belongs to is found by its ancestors, not by its user, its environment or
/// its words; somebody outside of every job gets nothing.
/// </summary>
public sealed class ControlSocketTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Workflow = $$"""
        name: Asks
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Asks
                id: asks
                run: |
                  $AGENT job status --json > $SIGNS/own
                  sudo -n -u nobody $AGENT job status --json > $SIGNS/nobodys
                  sudo -n -u nobody $AGENT job stop --json > $SIGNS/stopped
                  echo '{"egress-policy":"audit"}' | $AGENT job start --inputs - > /dev/null 2>&1 || echo $? > $SIGNS/start
                  echo '{"egress-policy":"audit"}' | sudo -n $AGENT job start --inputs - > /dev/null 2>&1 || echo $? > $SIGNS/root-start
                  ls /run/sallyport/sockets /run/sallyport/jobs > $SIGNS/seen 2> /dev/null || true
                  touch $SIGNS/ready
                  while [ ! -e $SIGNS/go ]; do sleep 0.05; done
                  curl -sS --max-time 30 http://{{LabAddresses.Attacker}}/after || true
        """;

    /// <summary>As another user, outside of the job, whatever the environment says.</summary>
    private const string Outside = """
        export GITHUB_ACTIONS=true GITHUB_ACTION_REPOSITORY=sallyport/sallyport GITHUB_ACTION=__sallyport_sallyport GITHUB_JOB=build
        ask() { setpriv --reuid="$user" --regid="$user" --clear-groups "$agent" job "$@" --json || echo "exit $?"; }
        user=$1 agent=$2
        ask status
        ask stop
        echo '{"egress-policy":"audit"}' | ask start --inputs -
        """;

    [Fact]
    public async Task A_process_asks_for_its_own_job_and_for_no_other()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        using StartedRun started = fixture.Machine.Start(Workflow, "--user", RunnerMachine.User);
        await started.SignAsync("ready");
        string job = Read(started, "own").GetProperty("yours").GetString()!;
        Assert.Equal(job, Read(started, "nobodys").GetProperty("yours").GetString());
        Assert.Equal(job, Read(started, "stopped").GetProperty("job").GetString());
        Assert.All(["start", "root-start"], name => Assert.Equal("77", Text(started, name)));
        Assert.Equal("", Text(started, "seen"));

        // What it is, by the job's own identity.
        JsonElement named = Read(started, "own").GetProperty("jobs")[0];

        // The job's user, somebody else, and root, all outside of it.
        foreach (string user in (string[])["4242", "65534", "0"])
        {
            string[] said = (await fixture.Machine.ShellAsync(Outside, user, fixture.Machine.Product)).Split('\n');
            string all = string.Join('\n', said);
            JsonElement status = Json(said[0]);
            Assert.True(status.GetProperty("yours").ValueKind == JsonValueKind.Null, all);
            Assert.True(status.GetProperty("jobs").GetArrayLength() == (user == "0" ? 1 : 0), all);
            Assert.True(Json(said[1]).GetProperty("code").GetString() == "no-worker" && said[2] == "exit 69", all);
            Assert.True(Json(said[3]).GetProperty("code").GetString() == "no-worker" && said[4] == "exit 69", all);
        }

        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.False(run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal("enforcing", run.Report.InForce);
        JsonElement github = run.Report.Document.GetProperty("job").GetProperty("github");
        Assert.All(["repository", "runId"], name => Assert.Equal(JobReport.Text(github, name)!, JobReport.Text(named, name)));
    }

    /// <summary>
    /// More connections than a socket has places, which say nothing, and requests without end, by the job's own user and by root: what comes
    /// after the step is answered as ever.
    /// </summary>
    private const string Flood = """
        name: Flood
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Floods
                run: |
                  cat > $SIGNS/flood.pl <<'EOF'
                  use Socket;
                  sub reach { socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0) && connect($s, sockaddr_un("/run/sallyport/control.sock")) || return; $s }
                  open(my $sign, ">", "$ENV{SIGNS}/$>-floods");
                  for (my @held;; shift @held) { push @held, reach() while @held < 100; for (1 .. 20) { my $s = reach() or next; syswrite $s, '{"v":1,"type":"report"}'; push @held, $s } }
                  EOF
                  for as in "" "sudo -n --preserve-env=SIGNS"; do
                    $as perl $SIGNS/flood.pl > /dev/null 2>&1 < /dev/null &
                  done
                  while [ ! -e $SIGNS/0-floods ] || [ ! -e $SIGNS/4242-floods ]; do sleep 0.05; done
                  sleep 1
              - name: Asks
                run: |
                  for again in 1 2 3; do
                    before=$(date +%s%N)
                    $AGENT job stop --json > $SIGNS/stopped || continue
                    waited=$(( ($(date +%s%N) - before) / 1000000 ))
                    echo $waited >> $SIGNS/waited
                    [ $waited -ge 3000 ] || break
                  done
        """;

    [Fact]
    public async Task What_a_step_has_opened_does_not_keep_a_later_one_waiting()
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        using StartedRun started = fixture.Machine.Start(Flood, "--user", RunnerMachine.User);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(Read(started, "stopped").TryGetProperty("refused", out _), Text(started, "stopped"));
        string waited = Text(started, "waited"); // milliseconds, while the flood has the processors as well
        Assert.True(waited.Split('\n').Min(took => int.Parse(took, CultureInfo.InvariantCulture)) < 3000, waited);
    }

    private static string Text(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();

    private static JsonElement Read(StartedRun run, string name) => Json(Text(run, name));

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
