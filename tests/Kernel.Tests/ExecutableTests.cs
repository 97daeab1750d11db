using System.Security.Cryptography;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>What the job executed is known by its content: once for each file as it is, also when it is gone a moment later.</summary>
public sealed class ExecutableTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Fact]
    public async Task Every_program_has_the_hash_of_its_file()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script("sleep 0.2", "cp /usr/bin/sleep own", "./own 0.2; echo >> own; ./own 0.2; exec rm own"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        var sleep = HashOf(await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken));
        var changed = HashOf([.. await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken), (byte)'\n']);
        Assert.Equal([sleep], Hashes(run, "sleep"));
        Assert.Equal([sleep, changed], Hashes(run, "own"));
        Assert.Equal([HashOf(await File.ReadAllBytesAsync("/usr/bin/rm", TestContext.Current.CancellationToken))], Hashes(run, "rm"));
    }

    [Fact]
    public async Task A_program_whose_file_is_removed_while_it_runs_has_one()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script("cp /usr/bin/sleep gone", "./gone 0.5 & sleep 0.05; rm gone; wait"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal([HashOf(await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken))], Hashes(run, "gone"));
    }

    [Fact]
    public async Task Other_content_of_equal_size_and_with_the_same_time_of_writing_has_a_hash_of_its_own()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "cp /usr/bin/sleep own; printf a >> own; ./own 1; cp -p own kept",
            "printf b | dd of=own bs=1 seek=$(($(stat -c %s own) - 1)) conv=notrunc status=none; touch -r kept own",
            "test $(stat -c %s.%Y own) = $(stat -c %s.%Y kept); ./own 0.2; ./own 0.2"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        var sleep = await File.ReadAllBytesAsync("/usr/bin/sleep", TestContext.Current.CancellationToken);
        string[] hashes = [HashOf([.. sleep, (byte)'a']), HashOf([.. sleep, (byte)'b'])];
        Assert.Equal([hashes[0], hashes[1], hashes[1]], Hashes(run, "own"));
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IEnumerable<string?> Hashes(LabRun run, string program) =>
        run.Report.Processes.Where(process => process.Executed && Path.GetFileName(process.Exe) == program).Select(process => process.Sha256);
}
