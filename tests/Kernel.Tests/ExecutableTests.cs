using System.Security.Cryptography;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>What the job executed is known by its content: once for each file as it is, also when it is gone a moment later.</summary>
public sealed class ExecutableTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    /// <summary>How long a program runs, for the agent to read its file.</summary>
    private static readonly string[] s_seconds = ["0.2", "1", "5"];

    [Fact]
    public async Task Every_program_has_the_hash_of_its_file()
    {
        var sleep = HashOf(await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken));
        var changed = HashOf([.. await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken), (byte)'\n']);
        var run = await SeenAsync(
            s_seconds,
            seconds => Lab.RunAsync(LabMode.Audit, Script(
                $"sleep {seconds}", "cp /usr/bin/sleep own", $"./own {seconds}; echo >> own; ./own {seconds}; exec rm own")),
            run => Hashes(run, "own").SequenceEqual([sleep, changed]) && Hashes(run, "sleep").SequenceEqual([sleep]));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal([sleep], Hashes(run, "sleep"));
        Assert.Equal([sleep, changed], Hashes(run, "own"));
        Assert.Equal([HashOf(await File.ReadAllBytesAsync("/usr/bin/rm", TestContext.Current.CancellationToken))], Hashes(run, "rm"));
    }

    [Fact]
    public async Task A_program_whose_file_is_removed_while_it_runs_has_one()
    {
        var sleep = HashOf(await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken));
        var run = await SeenAsync(
            ["0.5", "1.5", "5"],
            seconds => Lab.RunAsync(LabMode.Audit, Script(
                "cp /usr/bin/sleep gone", $"./gone {seconds} & until grep -q gone /proc/$!/comm; do :; done; rm gone; wait")),
            run => Hashes(run, "gone").SequenceEqual([sleep]));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal([sleep], Hashes(run, "gone"));
    }

    [Fact]
    public async Task Other_content_of_equal_size_and_with_the_same_time_of_writing_has_a_hash_of_its_own()
    {
        var sleep = await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken);
        string[] hashes = [HashOf([.. sleep, (byte)'a']), HashOf([.. sleep, (byte)'b'])];
        string[] expected = [hashes[0], hashes[1], hashes[1]];
        var run = await SeenAsync(
            s_seconds,
            seconds => Lab.RunAsync(LabMode.Audit, Script(
                $"cp /usr/bin/sleep own; printf a >> own; ./own {(seconds == s_seconds[0] ? "1" : seconds)}; cp -p own kept",
                "printf b | dd of=own bs=1 seek=$(($(stat -c %s own) - 1)) conv=notrunc status=none; touch -r kept own",
                $"test $(stat -c %s.%Y own) = $(stat -c %s.%Y kept); ./own {seconds}; ./own {seconds}")),
            run => Hashes(run, "own").SequenceEqual(expected));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal(expected, Hashes(run, "own"));
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IEnumerable<string?> Hashes(LabRun run, string program) =>
        run.Report.Processes.Where(process => process.Executed && Path.GetFileName(process.Exe) == program).Select(process => process.Sha256);
}
