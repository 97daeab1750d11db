namespace Sallyport.Kernel.Tests;

/// <summary>R11: what lies in wait for somebody later is told, in home folders and in those of the system, however it comes to be there.</summary>
public sealed class PersistenceTests(OwnFoldersLabFixture fixture) : KernelTest(fixture), IClassFixture<OwnFoldersLabFixture>
{
    /// <summary>$h is a home folder.</summary>
    private static readonly string[] s_places =
    [
        "$h/.bashrc", "$h/.profile", "$h/.npmrc", "$h/.config/systemd/user/x.service", "$h/.git/hooks/post-checkout", "$h/.git/modules/lib/a/hooks/post-checkout",
        "$h/.git/modules/lib/a/config", "$h/.claude/settings.json",
        "$h/.vscode/tasks.json", "$h/.local/lib/python3/site-packages/x.pth", "$h/.local/lib/python3/site-packages/sitecustomize.py", "$h/.ssh/rc",
        "/root/.bashrc", "/etc/profile.d/x.sh", "/etc/bash.bashrc.x", "/etc/cron.d/x", "/etc/crontab.x", "/var/spool/cron/crontabs/x",
        "/etc/systemd/system/x.service", "/usr/lib/systemd/system/x.service", "/run/systemd/system/x.service", "/etc/udev/rules.d/x.rules",
        "/etc/ld.so.preload", "/etc/ld.so.conf.d/x.conf", "/etc/gitconfig", "/usr/share/git-core/templates/hooks/post-checkout",
        "/usr/local/bin/git", "/usr/local/etc/npmrc", "/usr/local/lib/python3/dist-packages/x.pth", "/usr/lib/python3/dist-packages/sitecustomize.py",
        "/etc/rc.local", "/etc/ssh/sshrc",
    ];

    [Theory]
    [InlineData("created", "echo x > FILE")]
    [InlineData("renamed", "echo x > ${FILE%/*}/.other; mv ${FILE%/*}/.other FILE")]
    [InlineData("linked", "ln -s /bin/true FILE")]
    [InlineData("linked", "echo x > ${FILE%/*}/.other; ln ${FILE%/*}/.other FILE")]
    [InlineData("mounted", "touch FILE; mount --bind /dev/null FILE; mounted=\"$mounted FILE\"")]
    public async Task What_lies_in_wait_for_somebody_later_is_listed(string change, string script)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script([
            "mounted=; made=; h=/run/lab/work/later-$$; mkdir -p $h; echo $h",
            .. s_places.Select(place => $"f={place}; mkdir -p ${{f%/*}}; rm -f $f; {script.Replace("${FILE", "${f", StringComparison.Ordinal)
                .Replace("FILE", "$f", StringComparison.Ordinal)}; made=\"$made $f\""),
            "echo \"test -z '$mounted' || umount $mounted; rm -rf $made $h\" > clean-up",
        ]));
        _ = await Lab.OutsideAsync("/bin/sh", "-e", "clean-up");
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        var home = run.Process.Output.Trim();
        Assert.All(s_places, place => Assert.True(
            run.Report.Files.Any(row => row.Path == place.Replace("$h", home, StringComparison.Ordinal) && row.Change == change),
            $"{place}: {string.Join("; ", run.Report.Files.Select(row => $"{row.Change} {row.Path}"))}"));
    }

    /// <summary>The files were there before the job, as the machine's own are.</summary>
    [Fact]
    public async Task A_line_more_in_a_file_that_was_there_is_listed()
    {
        string[] places = ["/root/.bashrc", "/etc/profile.d/was-there.sh", "/etc/crontab.was-there", "/etc/ld.so.conf.d/was-there.conf"];
        var run = await Lab.RunAsync(LabMode.Audit, Script(
        [
            .. places.Select(place => $"echo '#' | tee -a {place} > /dev/null"), "sleep 0.4", $"rm {string.Join(' ', places)}",
        ]) with
        {
            Before = ["/bin/sh", "-ec", string.Concat(places.Select(place => $"mkdir -p {Path.GetDirectoryName(place)}; echo '#' > {place}; ")) + "exec \"$@\"", "sh"],
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.All(places, place => Assert.Equal("tee", Path.GetFileName(run.Report.ExeOf(
            Assert.Single(run.Report.Files, row => row.Path == place && row.Change == "written").Process))));
    }

    /// <summary>Nobody lies in wait there: but what a job leaves in a home folder, outside of its workspace, is its doing.</summary>
    [Fact]
    public async Task An_ordinary_file_in_the_home_of_the_jobs_user_is_listed()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "mkdir -p /root/notes/more; touch /root/notes.txt /root/notes/more/today.txt; sleep 0.3; rm -r /root/notes /root/notes.txt"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.All(["/root/notes.txt", "/root/notes/more/today.txt"], path => Assert.Equal("touch", Path.GetFileName(run.Report.ExeOf(
            Assert.Single(run.Report.Files, row => row.Path == path && row.Change == "created").Process))));
    }

    /// <summary>The same names where nobody lies in wait, or in a file system that only the job itself sees.</summary>
    [Fact]
    public async Task What_is_nowhere_near_those_places_is_not_listed()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "mkdir -p /tmp/x-$$/etc/cron.d /var/lib/x-$$; echo x > /tmp/x-$$/etc/cron.d/x; echo x > /var/lib/x-$$/.bashrc",
            "unshare -m sh -ec 'mount -t tmpfs none /etc/cron.d; echo x > /etc/cron.d/own'; rm -r /tmp/x-$$ /var/lib/x-$$"));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Empty(run.Report.Files);
    }
}
