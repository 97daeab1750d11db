using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>disable-sudo with the real sudo: gone while the job runs, and there again for the next one.</summary>
public sealed class SudoTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    internal static string Workflow(string input, string script, string mode = "block") => $"""
        name: Sudo
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Protect
                uses: sallyport/sallyport@v1
                with:
                  egress-policy: {mode}
                  allowed-endpoints: github.com:443
                  {input}
              - name: Try
                run: |
                  {script.ReplaceLineEndings("\n          ")}
        """;

    private const string Try = """
        sudo -n id -u > $SIGNS/during 2> $SIGNS/errors || echo "refused" >> $SIGNS/during
        id -Gn > $SIGNS/groups
        """;

    private RunnerMachine Machine => fixture.Machine;

    [Fact]
    public async Task Without_the_input_sudo_stays()
    {
        using StartedRun started = Start(Workflow("disable-telemetry: true", Try));
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Equal("0", Read(started, "during"));
    }

    [Theory]
    [InlineData("disable-sudo: true", "self-hosted")]
    [InlineData("disable-sudo: true", "github-hosted")]
    [InlineData("disable-sudo-and-containers: true", "self-hosted")]
    public async Task It_is_gone_for_the_job_and_given_back(string input, string environment)
    {
        // Twice: what a job has taken is there for the next one on a machine that lives on.
        for (int i = 0; i < 2; i++)
        {
            using StartedRun started = Start(Workflow(input, Try), "--runner-environment", environment, "--server-url", "https://github.com");
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.Equal("refused", Read(started, "during"));
            await AssertSudoAsync("0");
        }
    }

    /// <summary>Root by one command; with the service, as the Action itself could not become root to start its agent.</summary>
    [Theory]
    [InlineData("disable-telemetry: true", "0")]
    [InlineData("disable-sudo: true", "refused")]
    [InlineData("sudo: bounded", "0")]
    public async Task A_rule_for_one_command_is_taken_too_and_given_back(string input, string expected)
    {
        const string Rules = $"/etc/sudoers.d/{RunnerMachine.User}";
        await Machine.ShellAsync("mkdir -p -m 755 /run/lab/agent; install -m 755 \"$1\" /run/lab/agent/sallyport", Machine.Product);
        string before = await Machine.ShellAsync($"cat {Rules}; echo '{RunnerMachine.User} ALL=(root) NOPASSWD: /usr/bin/env' > {Rules}");
        try
        {
            await using AgentProcess agent = await Machine.ServeAsync("");
            using StartedRun started = Start(Workflow($"{input}\n          agent-path: /run/lab/agent/sallyport", """
                sudo -n id -u 2> $SIGNS/errors || echo refused > $SIGNS/others
                sudo -n /usr/bin/env id -u > $SIGNS/during 2>> $SIGNS/errors || echo refused >> $SIGNS/during
                """, "audit"));
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.Equal("refused", Read(started, "others"));
            Assert.True(Read(started, "during") == expected, $"{Read(started, "errors")}\n{run}");
            Assert.Equal(input == "sudo: bounded", Said(run).Any(one => one.Contains("could not be tried", StringComparison.Ordinal)));
            await AssertSudoAsync("0", "/usr/bin/env");
        }
        finally
        {
            await Machine.ShellAsync($"printf %s \"$1\" > {Rules}", before);
            await Machine.ConfigureOnDemandAsync();
        }
    }

    [Fact]
    public async Task A_group_that_is_root_all_the_same_is_said()
    {
        await Machine.ShellAsync($"sed -i '/^disk:/s/$/{RunnerMachine.User}/' /etc/group");
        try
        {
            using StartedRun started = Start(Workflow("disable-sudo: true", Try));
            WorkflowRun run = await started.EndAsync();
            Assert.Contains(run.Step("Pre Protect").GetProperty("annotations").EnumerateArray(), annotation =>
                annotation.GetProperty("title").GetString() == "root stays open"
                && annotation.GetProperty("message").GetString()!.Contains("is in the group disk", StringComparison.Ordinal));
        }
        finally
        {
            await Machine.ShellAsync($"sed -i '/^disk:/s/{RunnerMachine.User}$//' /etc/group");
        }
    }

    /// <summary>
    /// Two runners at once, of one user: who ends first, by itself or killed with its guardian holding on, gives back nothing that the
    /// other has taken, and the last one gives all back. With the service: on demand the second one has no sudo to start protection by.
    /// </summary>
    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    [InlineData("killed")]
    public async Task Of_two_jobs_the_one_that_ends_leaves_the_other_what_it_has_taken(string early)
    {
        const string Holds = """
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            sudo -n id -u > $SIGNS/after 2> $SIGNS/errors || echo refused >> $SIGNS/after
            """;
        await using AgentProcess agent = await Machine.ServeAsync("");
        await using RuntimeSockets sockets = await RuntimeSockets.MakeAsync(Machine);
        string script = $"{Holds}\n{RuntimeSockets.Knock("after-sockets")}";
        using StartedRun first = Start(Workflow("disable-sudo: true", script, "audit"));
        await first.SignAsync("ready");
        int watcher = first.Watcher();
        using StartedRun second = Start(Workflow("disable-sudo-and-containers: true", script, "audit"));
        await second.SignAsync("ready");
        if (early == "killed")
        {
            await Machine.ShellAsync("kill -KILL \"$1\"", $"{watcher}");
        }

        (StartedRun ends, StartedRun stays) = early == "second" ? (second, first) : (first, second);
        await GoAsync(ends);
        _ = await RunnerMachine.EndOf(ends.Process);
        await Machine.AtMostAreWatchedAsync(1);
        await AssertSudoAsync("refused");
        await GoAsync(stays);
        WorkflowRun run = await stays.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        foreach ((StartedRun job, bool isAll) in new[] { (first, false), (second, true) })
        {
            Assert.Equal("refused", Read(job, "after"));
            Assert.Equal(RuntimeSockets.Expected(isOtherClosed: true, isContainersClosed: isAll || (job == ends)), Read(job, "after-sockets"));
        }

        await AssertSudoAsync("0");
        await sockets.AssertOpenAsync();
        Assert.Equal("", (await Machine.ShellAsync("ls /etc/sudoers.d | grep sallyport || true; ls /var/lib/sallyport/undo | grep json || true")).Trim());
        await Machine.ConfigureOnDemandAsync();
    }

    [Fact]
    public async Task On_demand_a_second_job_that_finds_no_sudo_is_not_protected_and_fails()
    {
        using StartedRun first = Start(Workflow("disable-sudo: true", "touch $SIGNS/ready; while [ ! -e $SIGNS/go ]; do sleep 0.05; done"));
        await first.SignAsync("ready");
        using StartedRun second = Start(Workflow("disable-sudo: true", Try));
        _ = await RunnerMachine.EndOf(second.Process);
        await GoAsync(first);
        _ = await first.EndAsync();
        WorkflowRun run = await second.EndAsync();
        Assert.Equal("failure", run.ConclusionOf());
        Assert.Contains(Said(run), one => one.StartsWith("This job is not protected: ", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(second.Folder, "during")), run.ToString());
    }

    /// <summary>Each of the ways to root that a daemon gives, by a socket of the job's group where the daemon has it.</summary>
    [Theory]
    [InlineData("disable-telemetry: true", false, false)]
    [InlineData("disable-sudo: true", true, false)]
    [InlineData("disable-sudo-and-containers: true", true, true)]
    public async Task Sockets_of_runtimes_are_closed_and_given_back(string input, bool isOtherClosed, bool isContainersClosed)
    {
        await using RuntimeSockets sockets = await RuntimeSockets.MakeAsync(Machine);
        using StartedRun started = Start(Workflow(input, RuntimeSockets.Knock("sockets"), "audit"));
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Equal(RuntimeSockets.Expected(isOtherClosed, isContainersClosed), Read(started, "sockets"));
        await sockets.AssertOpenAsync();
    }

    [Fact]
    public async Task To_a_job_of_roots_it_is_said_that_all_stays_open()
    {
        await using RuntimeSockets sockets = await RuntimeSockets.MakeAsync(Machine);
        using StartedRun started = Machine.Start(
            Workflow("disable-sudo-and-containers: true\n          deploy-on-self-hosted-vm: true", RuntimeSockets.Knock("sockets"), "audit"));
        WorkflowRun run = await started.EndAsync();
        Assert.Equal(RuntimeSockets.Expected(isOtherClosed: false, isContainersClosed: false), Read(started, "sockets"));
        string said = run.TextOf("Pre Protect"); // a step has ten annotations of a kind at most, its log has all
        Assert.Contains(Said(run), one => one == "sudo stays open: The job runs as root: there is no sudo that could be taken from it.");
        Assert.Contains(Said(run), one => one.StartsWith("containers stay open: ", StringComparison.Ordinal));
        Assert.All(RuntimeSockets.Paths, path => Assert.Contains(
            $"The job runs as root, and reaches {path} whatever its permissions are.", said, StringComparison.Ordinal));
        await sockets.AssertOpenAsync();
    }

    [Fact]
    public async Task It_is_given_back_after_a_kill()
    {
        using StartedRun started = Start(Workflow("disable-sudo: true", $"""
            {Try}
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            sudo -n id -u > $SIGNS/after 2> $SIGNS/errors || echo refused >> $SIGNS/after
            """));
        await started.SignAsync("ready");
        await Machine.ShellAsync("kill -KILL \"$1\"", $"{started.Watcher()}");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.Equal("refused", Read(started, "during"));
        Assert.True(Read(started, "after") == "refused", run.ToString());
        await AssertSudoAsync("0");
    }

    [Fact]
    public async Task Cleanup_gives_it_back_when_nobody_is_left_to()
    {
        using (StartedRun started = Start(Workflow("disable-sudo: true", $"""
            {Try}
            touch $SIGNS/ready
            sleep 60
            """)))
        {
            await started.SignAsync("ready");
            await AssertSudoAsync("refused");
            // A reset of the machine: nothing of the job or of the agent is left but what is on disk.
            Machine.Reset();
        }

        await AssertSudoAsync("refused");
        // Killed processes leave their cgroup first, and the process table when they have closed everything.
        string said = "";
        for (int i = 0; i < 100 && !said.Contains("given back", StringComparison.Ordinal); i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            said = await Machine.ShellAsync("\"$1\" cleanup", Machine.Product);
        }

        await AssertSudoAsync("0");
    }

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();

    private static IEnumerable<string> Said(WorkflowRun run) => run.Step("Pre Protect").GetProperty("annotations").EnumerateArray()
        .Select(one => $"{one.GetProperty("title")}: {one.GetProperty("message")}");

    private static Task GoAsync(StartedRun run) => File.WriteAllTextAsync(Path.Combine(run.Folder, "go"), "", TestContext.Current.CancellationToken);

    private async Task AssertSudoAsync(string expected, string by = "") => Assert.Equal(expected, (await Machine.ShellAsync($"""
        setpriv --reuid=4242 --regid=4242 --init-groups sh -c 'sudo -n {by} id -u 2> /dev/null || echo refused'
        """)).Trim());

    private StartedRun Start(string workflow, params string[] options) => Machine.Start(workflow, ["--user", RunnerMachine.User, .. options]);
}
