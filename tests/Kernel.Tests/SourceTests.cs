using Sallyport.Lab.Processes;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// F1 to F8 and F10: a tracked file is given other content, in every way that we know, and what then reads it reads that. With
/// the agent it is a finding with the process, both ids of git and the lines; what git itself does, and what leaves tracked files
/// alone, is none.
/// </summary>
public sealed class SourceTests(LabFixture fixture) : SourceTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("sh", "echo '" + Evil + "' > src/main.c")]
    [InlineData("sed", "sed -i 's/return 0/return 9/' src/main.c")]
    [InlineData("sed", "cp -p src/main.c ../kept-$$; sed -i 's/return 0/return 9/' src/main.c; touch -r ../kept-$$ src/main.c")] // size and times as before
    [InlineData("cp", "echo '" + Evil + "' > /run/lab/work/evil.c; cp /run/lab/work/evil.c src/main.c")]
    [InlineData("mv", "echo '" + Evil + "' > evil.c; mv evil.c src/main.c")]
    [InlineData("mv", "mkdir other; echo '" + Evil + "' > other/main.c; mv src gone; mv other src")]
    [InlineData("ln", "echo '" + Evil + "' > evil.c; ln -f evil.c src/main.c")]
    [InlineData("ln", "echo '" + Evil + "' > evil.c; ln -sf ../evil.c src/main.c")]
    [InlineData("tee", "ln src/main.c ../elsewhere-$$; echo '" + Evil + "' | tee ../elsewhere-$$")]
    [InlineData("sh", "mkdir ../view-$$; mount --bind src ../view-$$; echo '" + Evil + "' > ../view-$$/main.c; umount ../view-$$")]
    [InlineData("sh", "unshare -m sh -c 'mount --bind src /mnt; exec sh -c \"echo \\\"$0\\\" > /mnt/main.c\"' '" + Evil + "'")]
    [InlineData("file", "/run/lab/bin/file mmap src/main.c '" + Evil + "'")]
    [InlineData("file", "echo '" + Evil + "' > evil.c; /run/lab/bin/file exchange src/main.c evil.c")]
    [InlineData("file", "/run/lab/bin/file tmpfile src/main.c . '" + Evil + "'")]
    [InlineData("file", "echo '" + Evil + "' > evil.c; /run/lab/bin/file copy src/main.c evil.c")]
    [InlineData("file", "echo '" + Evil + "' > evil.c; /run/lab/bin/file sendfile src/main.c evil.c")]
    [InlineData("file", "/run/lab/bin/file splice src/main.c '" + Evil + "'")]
    [InlineData("file", "echo '" + Evil + "' > evil.c; /run/lab/bin/file clone src/main.c evil.c || exit 3")]
    [InlineData("file", "/run/lab/bin/file gone src/main.c '" + Evil + "'")]
    [InlineData("uring", "/run/lab/bin/uring write src/main.c '" + Evil + "'")]
    [InlineData("uring", "/run/lab/bin/uring write src/main.c '" + Evil + "' sqpoll")]
    [InlineData("uring", "/run/lab/bin/uring write2 src/main.c '" + Evil + "'")]
    [InlineData("uring", "echo '" + Evil + "' > evil.c; /run/lab/bin/uring rename evil.c src/main.c")]
    [InlineData("uring", "echo '" + Evil + "' > evil.c; /run/lab/bin/uring unlink src/main.c; /run/lab/bin/uring link evil.c src/main.c")]
    [InlineData("python3", "python3 -c \"import os; os.pwrite(os.open('src/main.c', os.O_WRONLY), b'int main(void) { return 9;', 0)\"")]
    public async Task Other_content_in_a_tracked_file_is_found_with_who_put_it_there(string exe, string attack)
    {
        var finding = await FindAsync(exe, attack, Compile);
        Assert.Equal(await IdAsync(Good), finding.Evidence["before"]);
        Assert.NotEqual(finding.Evidence["before"], finding.Evidence["after"]);
    }

    [Theory]
    [InlineData("truncate", "test $(stat -c %s src/main.c) = 4")]
    [InlineData("punch", "! grep -q 'int main' src/main.c")]
    public Task A_file_that_is_cut_or_emptied_in_place_is_found(string way, string control) =>
        FindAsync("file", $"/run/lab/bin/file {way} src/main.c || exit 3", control);

    [Theory]
    [InlineData("cp", "cp src/main.c /run/lab/work/kept; echo '" + Evil + "' > /run/lab/work/evil.c; cp /run/lab/work/evil.c src/main.c; "
        + Compile + "; sleep SECONDS; cp /run/lab/work/kept src/main.c")]
    [InlineData("mv", "cp -p src/main.c /run/lab/work/kept; echo '" + Evil + "' > evil.c; mv evil.c src/main.c; " + Compile
        + "; sleep SECONDS; mv /run/lab/work/kept src/main.c")]
    [InlineData("file", "/run/lab/bin/file swap src/main.c '" + Evil + "' \"" + Compile + " && sleep SECONDS\"")]
    public async Task Content_that_is_put_back_before_the_end_is_found(string exe, string attack)
    {
        string after = await IdAsync(Evil, exe == "file" ? "" : "\n");
        var finding = await FindAsync(
            exe, attack, "grep -q 'return 0' src/main.c && git diff --quiet", isInTime: found => found.Evidence["after"] == after);
        Assert.Equal(after, finding.Evidence["after"]);
        Assert.Contains("-" + Good + " ⏎ +" + Evil, finding.Evidence["difference"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_that_is_put_back_through_a_map_is_found_without_what_it_was()
    {
        var finding = await FindAsync(
            "file",
            $"/run/lab/bin/file mmapback src/main.c '{Evil}' \"{Compile}\"",
            "grep -q 'return 0' src/main.c && git diff --quiet");
        Assert.StartsWith("not caught", finding.Evidence["after"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_descriptor_that_one_process_opens_and_another_one_writes_to_is_found_with_the_writer() => await FindAsync(
        "pass", $"cp /run/lab/bin/pass giver; /run/lab/bin/pass take s '{Evil}' & ./giver give s src/main.c; wait", Compile);

    [Fact]
    public async Task A_descriptor_that_is_handed_to_a_process_outside_of_the_job_is_no_way_round() => await FindAsync(
        null,
        $"/run/lab/bin/pass give s src/main.c; until {Compile}; do sleep 0.05; done",
        Compile,
        before: $"{{ /run/lab/bin/pass take s '{Evil}' & }}; until [ -S s ]; do sleep 0.01; done");

    [Fact]
    public async Task A_descriptor_that_was_opened_before_the_agent_is_no_way_round() =>
        await FindAsync("sh", $"echo '{Evil}' >&7", Compile, before: "exec 7<>src/main.c");

    [Fact]
    public async Task An_index_that_names_the_other_content_first_does_not_hide_it() =>
        await FindAsync(
            "cp",
            $"echo '{Evil}' > evil.c; git update-index --cacheinfo 100644,$(git hash-object -w evil.c),src/main.c; sleep 0.1; cp evil.c src/main.c",
            Compile);

    [Fact]
    public async Task A_program_that_becomes_git_after_it_wrote_is_not_taken_for_git() =>
        await FindAsync(null, $"sh -c 'echo \"$0\" > src/main.c; sleep 0.1; exec git status --short' '{Evil}'", Compile, anyProcess: true);

    [Fact]
    public async Task A_program_that_is_only_called_git_is_not_git() =>
        await FindAsync("git", $"mkdir bin; cp /bin/sh bin/git; bin/git -c 'echo other > src/main.c'", "test -s src/main.c");

    [Fact]
    public async Task A_tree_that_the_job_clones_itself_is_known_as_soon_as_git_is_done()
    {
        var finding = await FindAsync(
            "sed", "git clone -q . ../clone-$$; cd ../clone-$$; sleep SECONDS; sed -i 's/return 0/return 9/' src/main.c", Compile);
        Assert.Contains("/clone-", finding.Evidence["file"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git checkout -q other; git checkout -q main; git checkout -q other -- src/main.c; git checkout -q main -- src/main.c")]
    [InlineData("git merge -q other; git reset -q --hard HEAD~1")]
    [InlineData("git checkout -q other; git checkout -q -; git stash list; git diff main other | git apply; git diff --stat; sleep 1.5; git stash -q; git stash pop -q")]
    [InlineData("git rebase -q other; git cherry-pick --no-commit other~0 || true; git clean -fdxq")]
    [InlineData("git clone -q . ../other-$$; cd ../other-$$; git checkout -q other; git checkout -q main")]
    [InlineData("git -c protocol.file.allow=always submodule --quiet add ./ sub; cd sub; git checkout -q other; git checkout -q main")]
    public Task What_git_does_is_no_finding(string script) => SilentAsync(script);

    /// <summary>A repository is what somebody else wrote. That the agent goes on is shown by what comes after.</summary>
    [Theory]
    [InlineData("printf '[core]\\n worktree = a\\0b\\n' > x/config")]
    [InlineData("printf 'a\\0b' > x/commondir; printf '/a\\0b' > x/gitdir")]
    [InlineData("printf '[core]\\n worktree =\\n' > x/config; printf '' > x/gitdir; printf '' > x/commondir")]
    [InlineData("mkdir y; printf 'gitdir: \\0' > y/.git; printf '[core]\\n worktree = ../y\\n' > x/config; head -c 5000 /dev/urandom > x/t")]
    public async Task A_repository_that_is_none_does_not_end_the_agent(string lie)
    {
        var finding = await FindAsync(
            "sh", $"mkdir x; echo 'ref: refs/heads/main' > x/HEAD; touch x/t; {lie}; mv x/t x/index; sleep 0.3; echo '{Evil}' > src/main.c", Compile);
        Assert.Equal(await IdAsync(Evil), finding.Evidence["after"]);
    }

    /// <summary>One short file and one that is longer than what is kept for comparing, whose content LFS has.</summary>
    private const string Large =
        "git lfs install --local > /dev/null; git lfs track '*.bin' > /dev/null; head -c 1000 /dev/zero > short.bin; head -c 200000 /dev/zero > long.bin; "
        + "git add .; git commit -qm large";

    [Theory]
    [InlineData("rm *.bin; git lfs checkout; git lfs pull || true; git diff --quiet")]
    [InlineData("git checkout -q other; git checkout -q main; git reset -q --hard HEAD~1; git reset -q --hard HEAD@{1}; git diff --quiet")]
    [InlineData("GIT_LFS_SKIP_SMUDGE=1 git clone -q . ../large-$$; cd ../large-$$; grep -q sha256 long.bin; git lfs pull; ! grep -q sha256 long.bin")]
    [InlineData("touch *.bin; chmod 755 *.bin; for f in *.bin; do cp $f ../kept-$$; sleep SECONDS; cp ../kept-$$ $f; done")]
    public Task What_git_LFS_does_and_what_leaves_its_files_as_they_are_is_no_finding(string script)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/git-lfs"), "git-lfs is not installed");
        return SilentAsync($"sleep SECONDS; {script}", before: Large);
    }

    [Theory]
    [InlineData("short.bin")]
    [InlineData("long.bin")]
    public async Task Other_content_in_a_file_of_git_LFS_is_found(string file)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/git-lfs"), "git-lfs is not installed");
        _ = await FindAsync("tee", $"sleep SECONDS; echo evil | tee -a {file}", $"tail -n 1 {file} | grep -q evil", before: Large);
    }

    [Theory]
    [InlineData("mkdir -p build/gen; echo 'int x;' > src/generated.c; cp src/main.c build/main.c; cat src/*.c > build/all.c")]
    [InlineData("touch src/main.c; chmod 755 src/main.c; chmod 644 src/main.c; touch -d 2001-01-01 src/main.c")]
    [InlineData("python3 -c 'import os; os.setxattr(\"src/main.c\", \"trusted.x\", b\"y\"); os.removexattr(\"src/main.c\", \"trusted.x\")'")]
    [InlineData("sed -i 's/not there/anything/' src/main.c; sleep 0.3; cp src/main.c kept; sleep 0.3; cp kept src/main.c")]
    [InlineData("sh -c 'exec 5<>src/main.c; cat <&5 > copy'; test -s copy")]
    [InlineData("rm src/main.c; git checkout -q -- src/main.c")]
    [InlineData("ln src/main.c hard; cat hard; rm hard; mkdir ../seen-$$; mount --bind src ../seen-$$; cat ../seen-$$/main.c; umount ../seen-$$")]
    [InlineData("cp -r src ../copy-$$; mount --bind ../copy-$$ src; sleep 1; cat src/main.c; echo x > src/new.o; umount -l src; sleep 1; "
        + "echo x | tee ../copy-$$/main.c; sed -i s/x/y/ ../copy-$$/main.c")]
    public Task What_leaves_tracked_files_as_they_are_is_no_finding(string script) => SilentAsync(script);

    [Theory]
    [InlineData("report", 0)]
    [InlineData("fail", 10)]
    public async Task The_run_fails_where_the_policy_says_so(string action, int expected)
    {
        var run = await RunAsync(
            LabMode.Audit, "echo y >> src/main.c", policy: $"version: 1\ndetections: {{ source-tampered: {action} }}");
        Assert.True(run.Process.ExitCode == expected && Tampered(run).Any(), run.ToString());
    }

    [Fact]
    public async Task A_file_is_named_once_for_each_process()
    {
        var run = await RunAsync(LabMode.Audit, "python3 -c \"for i in range(50): open('src/main.c', 'a').write('x')\"; sleep 0.2; "
            + "echo y >> src/main.c; sed -i s/y/z/ src/main.c");
        Assert.True(Tampered(run).Count() == 3, run.ToString());
    }

    /// <summary>
    /// More than the queue of fanotify holds while the agent is stopped: what did not fit is told, and a file that is still another one
    /// at the end is found all the same, by nobody.
    /// </summary>
    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    public async Task A_queue_of_notices_that_overflows_is_told_and_the_source_is_looked_at(LabMode mode)
    {
        var run = await RunAsync(mode, $$"""
            cat > ../flood-$$.py <<'END'
            import os, signal
            agents, pid = [], os.getppid()
            while pid > 1:
                if os.readlink(f"/proc/{pid}/exe").endswith("/{{Path.GetFileName(LabOptions.FromEnvironment().Product)}}"):
                    agents.append(pid)
                pid = int(next(line for line in open(f"/proc/{pid}/status") if line.startswith("PPid:")).split()[1])
            for agent in agents:
                os.kill(agent, signal.SIGSTOP)
            try:
                os.mkdir("many")
                for i in range(20000):
                    os.close(os.open(f"many/{i}", os.O_WRONLY | os.O_CREAT))
                open("src/main.c", "w").write("{{Evil}}\n")
            finally:
                for agent in agents:
                    os.kill(agent, signal.SIGCONT)
            print(len(agents) > 0)
            END
            python3 ../flood-$$.py; {{Compile}}; rm -rf many
            """);
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal(mode == LabMode.Off ? "False\n" : "True\n", run.Process.Output);
        if (mode != LabMode.Off)
        {
            Assert.True(!run.Report.Complete && run.Report.Losses.GetValueOrDefault("file-queue") > 0, run.ToString());
            var finding = Assert.Single(Tampered(run));
            Assert.Equal(await IdAsync(Evil), finding.Evidence["after"]);
        }
    }

    [Fact(Explicit = true)]
    public Task One_change_among_two_hundred_thousand_files_is_found() => FindAmong(200_000, TimeSpan.FromMinutes(10));

    [Fact]
    public Task One_change_among_very_many_files_is_found() => FindAmong(20_000, TimeSpan.FromMinutes(2));

    /// <summary>The change is put back at once; nothing is lost, and there is one finding.</summary>
    private async Task FindAmong(int many, TimeSpan deadline)
    {
        var run = await RunAsync(
            LabMode.Audit,
            "python3 -c \"import os,shutil\n"
                + $"for i in range({many}):\n"
                + " d = 'node_modules/%d' % (i // 100)\n os.makedirs(d, exist_ok=True)\n open('%s/%d.js' % (d, i), 'w').write('x')\n"
                + $" if i == {many / 2}:\n  shutil.copy('src/main.c', '/run/lab/work/kept.c')\n  open('src/main.c', 'w').write('{Evil}')\n"
                + $" if i == {(many / 2) + 200}: shutil.copy('/run/lab/work/kept.c', 'src/main.c')\"; git diff --quiet",
            deadline: deadline);
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, $"{string.Join(' ', run.Report.Losses)}\n{run}");
        var finding = Assert.Single(Tampered(run));
        Assert.True(IsBy(run, finding, "python3"), run.ToString());
        Assert.EndsWith("src/main.c", finding.Evidence["file"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trees_below_the_folder_that_the_job_starts_in_are_known_from_its_start()
    {
        const string Attack = "sleep SECONDS; for name in one deep/two; do sed -i 's/return 0/return 9/' $name/src/main.c; done; grep -q 'return 9' deep/two/src/main.c";
        const string Above = "mkdir -p above/deep; git clone -q . above/one; git clone -q . above/deep/two; mv above ../above-$$; cd ../above-$$";
        var off = await RunAsync(LabMode.Off, Timed(Attack, Seconds[0]), Above);
        Assert.True(off.Process.ExitCode == 0, off.ToString());
        IEnumerable<string> Changed(LabRun run) =>
            Tampered(run).Where(found => IsBy(run, found, "sed")).Select(found => string.Join('/', found.Evidence["file"].Split('/')[^3..])).Order();
        string[] expected = ["one/src/main.c", "two/src/main.c"];
        var run = await SeenAsync(
            Seconds, seconds => RunAsync(LabMode.Audit, Timed(Attack, seconds), Above), run => Changed(run).SequenceEqual(expected));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        Assert.Equal(expected, Changed(run));
    }

    [Fact]
    public async Task What_was_changed_before_the_job_is_no_finding_and_the_next_change_is()
    {
        var dirty = await IdAsync("dirty");
        var run = await SeenAsync(
            Seconds,
            seconds => RunAsync(
                LabMode.Audit, $"cat src/main.c; sleep {seconds}; echo more >> src/main.c", before: "echo dirty > src/main.c; sleep 0.1"),
            run => Tampered(run).FirstOrDefault()?.Evidence["before"] == dirty);
        var finding = Assert.Single(Tampered(run));
        Assert.Equal(dirty, finding.Evidence["before"]);
    }
}
