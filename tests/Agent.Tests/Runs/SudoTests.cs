using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>
/// Through the real sudo the command runs as who called it. The user exists only in a mount namespace of the test, by copies of
/// /etc/passwd, shadow, group and sudoers: the machine gets no user and no rule.
/// </summary>
public sealed class SudoTests(LabFixture fixture) : RunTest(fixture)
{
    /// <summary>$1 is what to run as the user; the folder /mnt/job is theirs.</summary>
    private const string AsUser = """
        exec unshare -m sh -eu -c '
            mount -t tmpfs -o mode=755 sudo /mnt && mkdir /mnt/etc && mkdir -m 777 /mnt/job
            for file in passwd shadow group; do cp -p /etc/$file /mnt/etc/; done
            echo "ada:x:54321:54321::/mnt/job:/bin/sh" >> /mnt/etc/passwd
            echo "ada:*:20000:0:99999:7:::" >> /mnt/etc/shadow
            printf "ada:x:54321:\nbuilders:x:54322:ada\n" >> /mnt/etc/group
            printf "Defaults env_keep += MARK\nada ALL=(ALL) NOPASSWD: ALL\n" > /mnt/etc/sudoers
            chmod 440 /mnt/etc/sudoers
            for file in passwd shadow group sudoers; do mount --bind /mnt/etc/$file /etc/$file; done
            cd /mnt/job
            code=0
            setpriv --reuid=54321 --regid=54321 --init-groups env HOME=/mnt/job USER=ada MARK=kept sh -c "$1" || code=$?
            echo "owner $(stat -c %u:%g /mnt/job/out/report.json)"
            exit $code' sh "$1"
        """;

    private const string Facts = """
        echo "ids $(id -u) $(id -g) $(id -G)"; echo "env $HOME $USER $LOGNAME $SHELL $MARK ${SUDO_UID-none}"; echo "cwd $(pwd)"
        if [ -t 0 ] && [ -t 1 ] && : < /dev/tty; then echo terminal yes; else echo terminal no; fi
        awk "/^CapEff/ { print \"capabilities\", \$2 }" /proc/self/status
        """;

    private static string? WhyNot => File.Exists("/usr/bin/sudo") ? null : "sudo is not installed";

    [Fact]
    public async Task The_command_is_the_callers_in_user_groups_environment_and_folder()
    {
        var outcome = await Sudo(Line("sh facts"));
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Has(outcome, "ids 54321 54321 54321 54322");
        Has(outcome, "env /mnt/job ada ada /bin/sh kept none");
        Has(outcome, "cwd /mnt/job");
        Has(outcome, "terminal no");
        Has(outcome, "capabilities 0000000000000000");
        Has(outcome, "owner 54321:54321");
        await NothingIsLeft();
    }

    [Fact]
    public async Task It_keeps_the_terminal_and_its_exit_code()
    {
        var outcome = await Sudo($"TERM=xterm script -qec '{Line("sh -c \"sh facts; exit 7\"")}' /dev/null");
        Assert.True(outcome.ExitCode == 7, outcome.ToString());
        Has(outcome, "ids 54321 54321 54321 54322");
        Has(outcome, "terminal yes");
    }

    [Fact]
    public async Task Root_is_not_to_be_had_back()
    {
        var outcome = await Sudo(Line("sh -c \"cat /etc/shadow || echo refused\""));
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Has(outcome, "refused");
    }

    private static void Has(ProcessOutcome outcome, string line) =>
        Assert.Contains(line, outcome.Output.Split('\n').Select(text => text.TrimEnd('\r')));

    private string Line(string command) =>
        $"sudo -n {Product} run --quiet --mode block --cgroup-root {Lab.CgroupRoot} --output out -- {command}";

    private async Task<ProcessOutcome> Sudo(string line)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        return await Shell(AsUser, $"cat > facts <<'FACTS'\n{Facts}\nFACTS\n{line}");
    }
}
