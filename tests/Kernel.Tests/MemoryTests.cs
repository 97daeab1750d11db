using System.Runtime.InteropServices;
using Sallyport.Lab.Processes;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// S1, S2, S3: the memory of a process that is not the job's. Off and in an audit the secret is there, and the audit names the
/// reader; with <c>block</c> it is not, though what was read went into memory that outlives the reader.
/// </summary>
public sealed class MemoryTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Held = "/run/lab/work/held";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [EveryMode(
        "read", "pread", "readv", "preadv", "openat2", "task", "relative", "link", "reopen", "compat", "process_vm_readv",
        "ptrace-attach", "ptrace-seize", "pidfd_getfd", "ring", "ring-warm", "ring-pread", "ring-registered", "ring-registered-warm",
        "ring-many-warm", "ring-sqpoll", "shared-table")]
    public Task Memory_of_somebody_else_is_not_read(LabMode mode, string way) => ProveAsync(mode, way, "foreign-memory-read");

    /// <summary>What is written there reads for whoever wrote it.</summary>
    [Theory]
    [EveryMode("ring-write", "ring-write-warm", "ring-pwrite")]
    public Task Memory_of_somebody_else_is_not_written_by_a_ring(LabMode mode, string way) =>
        ProveAsync(mode, way, "foreign-memory-read", "written");

    /// <summary>Nothing of the other’s is in the program’s hands at once: it wrote there, or it is told of it from then on.</summary>
    [Theory]
    [EveryMode("process_vm_writev written", "perf_event_open attached")]
    public Task Memory_of_somebody_else_is_neither_written_nor_sampled(LabMode mode, string way) =>
        ProveAsync(mode, way.Split(' ')[0], "foreign-memory-read", way.Split(' ')[1]);

    /// <summary>Where the kernel has that table (CONFIG_X86_X32_ABI) it reads; who asks is known by the number on every kernel.</summary>
    [Fact]
    public async Task A_call_by_the_number_of_another_table_is_known_for_what_it_is()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "x32 is a table of x86_64");
        using var holder = await HoldAsync();
        var run = await ReadAsync(LabMode.Block, "x32", "block");
        Assert.Contains("killed by signal 9", run.Process.Output, StringComparison.Ordinal);
        AssertFound(run, "foreign-memory-read", "blocked");
    }

    /// <summary>Nobody sees, or sees in time, what is read in these ways; to prevent it, the way itself is closed. Nothing of it is told in an audit.</summary>
    [Theory]
    [EveryMode("ring-direct", "ring-direct-warm", "ring-linked", "ring-linked-warm")]
    public Task A_read_that_no_hook_sees_is_not_made(LabMode mode, string way) => ProveAsync(mode, way, "memory-guard-evaded");

    /// <summary>Named by the policy it does what the policy says, whatever becomes of the reads that it hides.</summary>
    [Theory]
    [InlineData("block", "off", null)]
    [InlineData("block", "report", "reported")]
    [InlineData("block", "fail", "reported")]
    [InlineData("report", "block", "blocked")]
    public async Task What_hides_a_read_does_what_the_policy_says_of_it(string reads, string evasions, string? told)
    {
        using var holder = await HoldAsync();
        var run = await Lab.RunAsync(LabMode.Audit, Script($"{Program("memory")} ring-direct $(cat {Held})") with
        {
            Policy = $"version: 1\ndetections: {{ foreign-memory-read: {reads}, memory-guard-evaded: {evasions} }}",
            Allow = [],
            Deadline = s_limit,
        });
        Assert.True(run.Process.Output.Contains(Canary, StringComparison.Ordinal) == (told != "blocked"), run.ToString());
        Assert.True((run.Process.ExitCode == 10) == (evasions == "fail"), run.ToString());
        Assert.Equal(told is null ? [] : [told], run.Report.Findings.Where(row => row.Id == "memory-guard-evaded").Select(row => row.Action));
    }

    [Theory]
    [EveryMode("pread", "process_vm_readv", "ptrace-attach", "environ", "ring", "ring-direct", "shared-table")]
    public async Task A_process_of_the_same_step_may_be_read(LabMode mode, string way)
    {
        var run = await Lab.RunAsync(mode, Script(
            "rm -f /run/lab/work/said",
            $"SECRET={Canary} {Program("memory")} hold {Canary} {Held}-own > /run/lab/work/said 2>&1 &",
            "trap 'kill $!' EXIT",
            "until grep -qs ready /run/lab/work/said; do :; done",
            $"{Program("memory")} {way} $(cat {Held}-own)") with
        {
            Policy = Policy("report"),
            Allow = [],
            Deadline = s_limit,
        });
        Assert.True(run.Process.ExitCode == 0 && run.Process.Output.Contains(Canary, StringComparison.Ordinal), run.ToString());
        Assert.True(mode == LabMode.Off || run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>It reads the memory of its own process by a child that shares the table of descriptors, as an attack would.</summary>
    [Fact]
    public async Task The_leak_check_of_a_sanitizer_is_let_be()
    {
        var run = await PassAsync(Script(
            "echo 'int main(void) { return 0; }' | gcc -fsanitize=address -x c -o checked -",
            "ASAN_OPTIONS=detect_leaks=1 ./checked") with
        {
            Policy = Policy("block"),
            Allow = [],
            Deadline = s_limit,
        });
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    [Fact]
    public async Task With_off_nothing_is_told_and_with_fail_the_run_fails()
    {
        using var holder = await HoldAsync();
        var quiet = await ReadAsync(LabMode.Block, "pread", "off");
        Assert.True(quiet.Process.ExitCode == 0 && quiet.Report.Findings.Count == 0, quiet.ToString());
        var failed = await ReadAsync(LabMode.Block, "pread", "fail");
        Assert.True(failed.Process.ExitCode == 10, failed.ToString());
        Assert.Contains("foreign-memory-read", failed.Process.Errors, StringComparison.Ordinal);
        Assert.Contains(Canary, failed.Process.Output, StringComparison.Ordinal);
    }

    private async Task ProveAsync(LabMode mode, string way, string id, string? proof = null)
    {
        using var holder = await HoldAsync();
        var run = await ReadAsync(mode, way, mode == LabMode.Block ? "block" : "report");
        Assert.SkipWhen(run.Process.ExitCode == 3, $"this kernel lacks it: {run.Process.Errors.Trim()}");
        Assert.True(
            run.Process.Output.Contains(proof ?? Canary, StringComparison.Ordinal) == (mode != LabMode.Block), run.ToString());
        if (mode == LabMode.Block)
        {
            Assert.Contains("killed by signal 9", run.Process.Output, StringComparison.Ordinal);
            AssertFound(run, id, "blocked");
        }
        else if (mode == LabMode.Audit && id == "foreign-memory-read")
        {
            AssertFound(run, id, "reported");
        }
    }

    private static void AssertFound(LabRun run, string id, string action)
    {
        ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == id && finding.Action == action);
        Assert.True(row is not null, $"No finding {id} {action}.\n{run}");
        Assert.True(Path.GetFileName(run.Report.ExeOf(row.Process)) == "memory", $"By {run.Report.ExeOf(row.Process)}.\n{run}");
        Assert.True(run.Report.Complete, run.ToString());
    }

    private Task<LabRun> ReadAsync(LabMode mode, string way, string action) => Lab.RunAsync(mode, Script(
        $"{Program("memory")} {way} $(cat {Held})") with
    {
        Policy = Policy(action),
        Allow = [],
        Deadline = s_limit,
    });

    private static string Policy(string action) => $"version: 1\ndetections: {{ foreign-memory-read: {action} }}";

    /// <summary>A process outside of any job that has the canary in its memory; the test's folder says where.</summary>
    private async Task<LabProcess> HoldAsync()
    {
        var holder = Lab.Start(Program("memory"), "hold", Canary, Held);
        await holder.SaysAsync("ready", s_patience);
        return holder;
    }
}
