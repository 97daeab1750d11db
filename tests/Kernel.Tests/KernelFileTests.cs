namespace Sallyport.Kernel.Tests;

/// <summary>S1, R5: files that lead to all memory at once, and the one that says where the memory of a crashed process goes.</summary>
public sealed class KernelFileTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Pattern = "/proc/sys/kernel/core_pattern";

    [Theory]
    [EveryMode("/proc/kcore", "/dev/mem")]
    public async Task The_memory_of_the_kernel_is_not_read(LabMode mode, string path)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"test -e {path} || exit 3",
            $"head -c 16 {path} | od -An -tx1 > read || true",
            "test -s read && echo got || echo nothing",
            "rm read") with
        {
            Policy = Policy("kernel-memory-read", mode),
        });
        Assert.SkipWhen(run.Process.ExitCode == 3, $"this kernel has no {path}");
        Assert.True(run.Process.Output.Trim() == (mode == LabMode.Block ? "nothing" : "got"), run.ToString());
        AssertFound(run, mode, "kernel-memory-read", "head");
    }

    /// <summary>It is the machine's, so what is written is what was there: by open(2) as the shell does, and by creat(2).</summary>
    [Theory]
    [EveryMode(
        $"sh -c 'echo \"$1\" > {Pattern}' sh \"$was\"",
        $"python3 -c 'import ctypes, os, sys; os.write(ctypes.CDLL(None).creat(b\"{Pattern}\", 0o644), sys.argv[1].encode())' \"$was\"")]
    public async Task Where_crashed_processes_leave_their_memory_is_not_changed(LabMode mode, string write)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"was=$(cat {Pattern})", $"{write} && echo written || true", $"test \"$(cat {Pattern})\" = \"$was\"") with
        {
            Policy = Policy("core-pattern-changed", mode),
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Process.Output.Contains("written", StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        AssertFound(run, mode, "core-pattern-changed", null);
    }

    [Fact]
    public async Task Files_beside_them_and_their_attributes_are_no_finding()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"cat {Pattern} /proc/meminfo /proc/sys/kernel/core_uses_pid > /dev/null",
            "ls -l /proc/kcore /dev/mem > /dev/null 2>&1 || true",
            "head -c 16 /dev/zero > /dev/null",
            "echo x > core_pattern; cp core_pattern kcore; cat kcore; rm core_pattern kcore") with
        {
            Policy = "version: 1\ndetections: { kernel-memory-read: block, core-pattern-changed: block }",
        });
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    private static string Policy(string id, LabMode mode) =>
        $"version: 1\ndetections: {{ {id}: {(mode == LabMode.Block ? "block" : "report")} }}";

    private static void AssertFound(LabRun run, LabMode mode, string id, string? exe)
    {
        if (mode != LabMode.Off)
        {
            _ = AssertFound(run, id, mode == LabMode.Block ? "blocked" : "reported", exe);
            Assert.True(run.Report.Complete, run.ToString());
        }
    }
}
