using System.Globalization;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>What a job does to files in the watched places is in the report, by process; what others do meanwhile is not.</summary>
public sealed class FileTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("created", "sh", "echo x > FILE")]
    [InlineData("created", "touch", "touch FILE")]
    [InlineData("linked", "ln", "touch other-$$; ln other-$$ FILE")]
    [InlineData("linked", "ln", "ln -s nowhere FILE", "nowhere")]
    [InlineData("created", "cp", "touch other-$$; cp other-$$ FILE")]
    [InlineData("written", "tee", "echo x > FILE; echo y | tee -a FILE")]
    [InlineData("renamed", "mv", "echo x > other-$$; mv other-$$ FILE")]
    [InlineData("removed", "rm", "echo x > FILE; rm FILE")]
    [InlineData("written", "file", "echo xxxx > FILE; /run/lab/bin/file gone FILE y")]
    [InlineData("created", "uring", "/run/lab/bin/uring write2 FILE x")]
    [InlineData("renamed", "uring", "echo x > other-$$; /run/lab/bin/uring rename other-$$ FILE")]
    [InlineData("linked", "uring", "echo x > other-$$; /run/lab/bin/uring link other-$$ FILE")]
    [InlineData("removed", "uring", "echo x > FILE; /run/lab/bin/uring unlink FILE")]
    [InlineData("created", "sh", "mkdir -p deep-$$/er; mv deep-$$ deeper-$$; cd deeper-$$/er; echo x > FILE")]
    [InlineData("created", "sh", "unshare -m sh -c 'mkdir -p seen; mount --bind . seen; echo x > seen/FILE'")]
    public async Task A_change_of_a_file_is_listed_with_who_did_it(string change, string exe, string script, string? target = null)
    {
        var name = $"file-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script(script.Replace("FILE", name, StringComparison.Ordinal)));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Report.Complete, run.ToString());
        var rows = run.Report.Files.Where(file => Path.GetFileName(file.Path) == name).ToList();
        Assert.True(
            rows.Exists(row => row.Change == change && row.Target == target && IsBy(run.Report, row, exe)),
            $"{string.Join("; ", rows.Select(row => $"{row.Change} {row.Path} by {run.Report.ExeOf(row.Process)}"))}\n{run}");
    }

    [Fact]
    public async Task What_one_process_does_again_is_one_row_with_its_count_and_all_that_it_descends_from()
    {
        var name = $"file-{Guid.NewGuid():N}";
        IEnumerable<ReportedFile> Written(LabRun run) => run.Report.Files.Where(file => Path.GetFileName(file.Path) == name && file.Change == "written");
        var run = await SeenAsync(["0.2", "1", "5"], seconds => Lab.RunAsync(LabMode.Audit, Script(
            $": > {name}; sleep {seconds}; python3 -c \"import time",
            $"for i in range(3): open('{name}', 'a').write('x'); time.sleep({seconds})\"")), // equal events that nobody has read yet are one
            run => Written(run).FirstOrDefault()?.Count == 3);
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        var row = Assert.Single(Written(run));
        var chain = run.Report.AncestryOf(row.Process).Select(Path.GetFileName).ToList();
        Assert.True(
            row.Count == 3 && chain is [var python, .. { Count: > 0 } shells] && python!.StartsWith("python3", StringComparison.Ordinal)
                && shells.All(shell => shell is "dash" or "bash"),
            $"{row.Count} by {string.Join(" < ", chain)}\n{run}");
    }

    /// <summary>Nobody told us of the file's first name: its age does.</summary>
    [Fact]
    public async Task A_hard_link_to_a_file_from_before_the_job_is_listed_as_one()
    {
        var name = $"file-{Guid.NewGuid():N}";
        _ = await Lab.OutsideAsync("/bin/sh", "-ec", $"echo x > /run/lab/work/before-{name}");
        var run = await Lab.RunAsync(LabMode.Audit, Script($"sleep 3; ln before-{name} {name}; echo x > new-{name}"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        Assert.Equal(
            [$"linked {name}", $"created new-{name}"],
            run.Report.Files.Where(row => row.Path.Contains(name, StringComparison.Ordinal)).Select(row => $"{row.Change} {Path.GetFileName(row.Path)}"));
    }

    [Fact]
    public async Task What_is_mounted_over_a_watched_place_is_listed()
    {
        var name = $"file-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script($"mkdir {name}; mount -t tmpfs none {name}"));
        _ = await Lab.OutsideAsync("umount", $"/run/lab/work/{name}");
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Contains(run.Report.Files, row => Path.GetFileName(row.Path) == name && row.Change == "mounted");
    }

    /// <summary>A file system that is not there when the job begins is none of those that the agent has marked.</summary>
    [Theory]
    [InlineData("mkdir NAME; mount -t tmpfs none NAME; sleep SECONDS; cd NAME")]
    [InlineData("mkdir NAME; mount -t tmpfs none NAME; sleep SECONDS; mkdir NAME/deep; cd NAME/deep")]
    [InlineData("mkdir -p /run/lab/elsewhere/NAME NAME; mount -t tmpfs none /run/lab/elsewhere/NAME; mount --bind /run/lab/elsewhere/NAME NAME; sleep SECONDS; cd NAME")]
    public async Task What_is_written_to_a_file_system_that_was_mounted_meanwhile_is_listed(string script)
    {
        string name = "";
        IEnumerable<ReportedFile> Created(LabRun run) => run.Report.Files.Where(row => Path.GetFileName(row.Path) == name && row.Change == "created");
        var run = await SeenAsync(
            ["1", "5"],
            async seconds =>
            {
                name = $"file-{Guid.NewGuid():N}";
                string made = script.Replace("NAME", $"mount-{name}", StringComparison.Ordinal).Replace("SECONDS", seconds, StringComparison.Ordinal);
                LabRun run = await Lab.RunAsync(LabMode.Audit, Script($"{made}; echo x | tee {name}"));
                _ = await Lab.OutsideAsync("umount", $"/run/lab/work/mount-{name}");
                return run;
            },
            run => run.Report.Complete && Created(run).Any());
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        var row = Assert.Single(Created(run));
        Assert.True(row.Path.StartsWith($"/run/lab/work/mount-{name}/", StringComparison.Ordinal) && IsBy(run.Report, row, "tee"), row.Path);
    }

    /// <summary>In the moment before the agent has seen the mount: it is listed, or the report does not say that it has all.</summary>
    [Theory]
    [InlineData("-t tmpfs none")]
    [InlineData("-t ramfs none")] // has no file handles
    public async Task What_is_written_at_once_to_what_is_mounted_is_listed_or_the_report_is_not_complete(string mount)
    {
        var name = $"file-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script($"mkdir {name}; mount {mount} {name}; echo x > {name}/payload"));
        _ = await Lab.OutsideAsync("umount", $"/run/lab/work/{name}");
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(
            run.Report.Files.Any(row => row.Path.EndsWith($"{name}/payload", StringComparison.Ordinal))
                || (!run.Report.Complete && run.Report.Losses.GetValueOrDefault("files-mounted") > 0),
            run.ToString());
    }

    [Fact]
    public async Task In_temporary_folders_only_what_is_run_is_listed()
    {
        var name = $"file-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            $"echo exit > /tmp/{name}; echo exit > /tmp/{name}.run; sh /tmp/{name}.run; rm /tmp/{name} /tmp/{name}.run"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        Assert.Equal(
            ["created", "removed"],
            run.Report.Files.Where(row => row.Path.StartsWith($"/tmp/{name}", StringComparison.Ordinal))
                .Select(row => row.Path.EndsWith(".run", StringComparison.Ordinal) ? row.Change : row.Path));
    }

    /// <summary>As many as an `npm ci` of a large project writes.</summary>
    [Fact(Explicit = true)]
    public Task Two_hundred_thousand_files_are_listed_each() => ListsEach(200_000, TimeSpan.FromMinutes(10), mostMebibytes: 600);

    [Fact]
    public Task Very_many_files_are_listed_each() => ListsEach(20_000, TimeSpan.FromMinutes(2), mostMebibytes: 120);

    /// <param name="many">Files.</param>
    /// <param name="deadline">Of all of it.</param>
    /// <param name="mostMebibytes">Of memory that the agent may have at any time, the writing of the report with it (VmHWM, proc(5)).</param>
    private async Task ListsEach(int many, TimeSpan deadline, int mostMebibytes)
    {
        var peak = 0L;
        var folder = $"/run/lab/work/many-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Command(
            "/usr/bin/python3",
            "-c",
            $"import os\nfor i in range({many}):\n d = '{folder}/%d' % (i // 100)\n os.makedirs(d, exist_ok=True)\n open('%s/%d' % (d, i), 'w').write('x')") with
        {
            Deadline = deadline,
            Meanwhile = async agent =>
            {
                using CancellationTokenSource over = new(deadline);
                while (PeakOf(agent.Id) is { } kibibytes)
                {
                    peak = Math.Max(peak, kibibytes);
                    Assert.False(over.IsCancellationRequested, $"not ended within {deadline}; at most {peak} KiB so far");
                    await Task.Delay(20, TestContext.Current.CancellationToken);
                }
            },
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.InRange(peak, 1024, mostMebibytes * 1024L);
        var rows = run.Report.Files.Where(file => file.Path.StartsWith($"{folder}/", StringComparison.Ordinal)).ToList();
        Assert.True(
            run.Report.Complete && rows.Select(row => row.Path).Distinct().Count() == many, // one may be made in a second and written in the next
            string.Create(CultureInfo.InvariantCulture, $"{rows.Count} rows of {many}\n{run.Report.Complete} {string.Join(' ', run.Report.Losses)}"));
    }

    [Fact]
    public async Task What_others_do_meanwhile_is_not_listed()
    {
        var name = $"file-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "echo ready; until [ -e /run/lab/work/go ]; do :; done; rm /run/lab/work/go; sleep 0.2") with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", TimeSpan.FromMinutes(1));
                _ = await Lab.OutsideAsync("/bin/sh", "-ec", $"echo x > /run/lab/work/{name}; touch /run/lab/work/go");
            },
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.DoesNotContain(run.Report.Files, file => file.Path.EndsWith(name, StringComparison.Ordinal));
        Assert.Contains(run.Report.Files, file => file.Path.EndsWith("/go", StringComparison.Ordinal) && file.Change == "removed");
    }

    [Fact]
    public async Task Switched_off_nothing_is_listed_and_the_report_says_so()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script("echo x > any") with { Options = ["--no-file-monitoring"] });
        Assert.Empty(run.Report.Files);
        Assert.Equal("notObserved", run.Report.Coverage["files"]);
    }

    /// <summary>Kibibytes; null when the process has ended. Before it is the agent it is the shell that becomes it.</summary>
    private static long? PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.AsSpan(6, line.Length - 8), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsBy(ReportView report, ReportedFile file, string exe) =>
        Path.GetFileName(report.ExeOf(file.Process)) is { } name
        && (name.StartsWith(exe, StringComparison.Ordinal) || (exe == "sh" && name is "dash" or "bash"));
}
