using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Reports;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>The table of exit codes, one by one.</summary>
public sealed class ExitCodeTests(LabFixture fixture) : RunTest(fixture)
{
    [Theory]
    [InlineData(0, "true")]
    [InlineData(3, "sh", "-c", "exit 3")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(127, "no-such-command-anywhere")]
    [InlineData(143, "sh", "-c", "kill -TERM $$")]
    [InlineData(137, "sh", "-c", "kill -KILL $$")]
    public async Task A_run_ends_as_its_command_did(int expected, params string[] command)
    {
        foreach (var mode in (string[])["audit", "block"])
        {
            var outcome = await Run(["--mode", mode], command);
            Assert.True(outcome.ExitCode == expected, outcome.ToString());
        }

        await NothingIsLeft();
    }

    [Theory]
    [InlineData("block", 10)]
    [InlineData("audit", 0)]
    public async Task A_refusal_gives_ten_when_that_was_asked(string mode, int expected)
    {
        var outcome = await Run(
            ["--mode", mode, "--fail-on", "refused"],
            "sh", "-c", $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x; exit 0");
        Assert.True(outcome.ExitCode == expected, outcome.ToString());
        Assert.Equal(0, Report().GetProperty("exitCode").GetInt32());
    }

    /// <summary>The shell becomes another one whose descriptors are a connection (finding socket-shell).</summary>
    [Theory]
    [InlineData("finding", 10)]
    [InlineData("refused", 0)]
    public async Task A_finding_gives_ten_when_that_was_asked(string failOn, int expected)
    {
        var outcome = await Run(
            ["--mode", "audit", "--fail-on", failOn],
            LabNetwork.Program("shell"), "connect", LabAddresses.Attacker, "4443", "/bin/echo", "x");
        Assert.True(outcome.ExitCode == expected, outcome.ToString());

        var found = Report().GetProperty("findings").EnumerateArray().Where(finding => !Stall.Is(
            finding.GetProperty("id").GetString(), name => finding.GetProperty("evidence").TryGetProperty(name, out _)));
        Assert.Equal("socket-shell", Assert.Single(found).GetProperty("id").GetString());
    }

    /// <summary>HARDENING rule 8: what the proxy is asked for would not be judged.</summary>
    [Theory]
    [InlineData("HTTPS_PROXY", "block", "allowed.test:443", 64)]
    [InlineData("http_proxy", "block", "proxy.test:3128", 64)]
    [InlineData("HTTPS_PROXY", "audit", "allowed.test:443", 0)]
    [InlineData("HTTPS_PROXY", "block", "proxy://proxy.test:3128", 0)]
    public async Task A_proxy_in_force_needs_a_rule_in_block_mode(string variable, string mode, string allow, int expected)
    {
        using var process = Lab.Start(
            ["env", $"{variable}=http://me:secret@proxy.test:3128", .. Line("--mode", mode, "--allow", allow), "touch", $"{Output}.started"]);
        var outcome = await process.ExitAsync(Deadline);
        Assert.True(outcome.ExitCode == expected, outcome.ToString());
        Assert.Equal(expected == 0, File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
        Assert.Equal(expected != 0, outcome.Errors.Contains("proxy://proxy.test:3128", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_baseline_does_not_have_is_new_and_what_it_has_is_not()
    {
        string[] call = [LabNetwork.Program("tcp"), "connect", LabAddresses.Attacker, "4443", "x"];
        Assert.Equal(0, (await Run([], "true")).ExitCode);
        File.Copy(FileOf("report.json"), FileOf("before.json"));
        var first = await Run(["--baseline", $"{Output}/before.json", "--fail-on", "new"], call);
        Assert.True(first.ExitCode == 10, first.ToString());
        Assert.Contains(LabAddresses.Attacker, first.Errors, StringComparison.Ordinal);
        File.Copy(FileOf("report.json"), FileOf("after.json"));
        var second = await Run(["--baseline", $"{Output}/after.json", "--fail-on", "new"], call);
        Assert.True(second.ExitCode == 0, second.ToString());
    }

    [Theory]
    [InlineData("--mode\0maybe", "audit or block")]
    [InlineData("--allow\0https://x.test/path", "nothing was started")]
    [InlineData("--fail-on\0new", "--baseline")]
    [InlineData("--ring-bytes\05000", "a power of two")]
    public async Task A_wrong_line_gives_sixty_four_and_starts_nothing(string options, string said)
    {
        var outcome = await Run(options.Split('\0'), "touch", $"{Output}.started");
        Assert.True(outcome.ExitCode == 64, outcome.ToString());
        Assert.Contains(said, outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
    }

    [Theory]
    [InlineData("version: 1\nmode: perhaps\n", ":2")]
    [InlineData("version: 2\n", ":1")]
    [InlineData("version: 1\nallow: [\n", ":")]
    [InlineData("version: 1\nallow:\n  - bad..name:443\n", ":3")]
    [InlineData("version: 1\nallow:\n  - \"@no-such-group\"\n", ":3")]
    [InlineData("version: 1\nnothing-known: 1\n", ":2")]
    [InlineData("\u0001", ":")]
    [InlineData("", "version")]
    public async Task A_broken_policy_gives_sixty_four_and_the_line(string policy, string said)
    {
        await File.WriteAllTextAsync(
            Path.Combine(Lab.WorkFolder, Name + ".yml"), policy, TestContext.Current.CancellationToken);
        var outcome = await Run(["--mode", "block", "--policy", $"{Output}.yml"], "true");
        Assert.True(outcome.ExitCode == 64, outcome.ToString());
        Assert.Contains(said, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--policy", Work)]
    [InlineData("--policy", Work + "/no-such-file")]
    [InlineData("--baseline", Work)]
    public async Task A_policy_or_baseline_that_cannot_be_read_gives_sixty_six(string option, string path)
    {
        var outcome = await Run([option, path], "true");
        Assert.True(outcome.ExitCode == 66, outcome.ToString());
        Assert.Contains(path, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("block")]
    public async Task Where_programs_cannot_be_attached_the_code_is_sixty_nine(string mode)
    {
        var outcome = await Shell(
            "exec \"$@\"",
            Product, "run", "--mode", mode, "--cgroup-root", Work, "--output", Output, "--", "touch", $"{Output}.started");
        Assert.True(outcome.ExitCode == 69, outcome.ToString());
        Assert.Contains("nothing was started", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
        Assert.Empty(Directory.GetDirectories(Lab.WorkFolder, "sallyport-*"));
        await NothingIsLeft();
    }

    [Fact]
    public async Task In_a_time_namespace_with_a_clock_of_its_own_nothing_is_started()
    {
        // util-linux: the children of this process have a clock since boot that is a day ahead.
        string[] apart = ["unshare", "--time", "--boottime", "86400", "--fork"];
        var outcome = await Shell("exec \"$@\"", [.. apart, .. Line(), "touch", $"{Output}.started"]);
        Assert.True(outcome.ExitCode == 69, outcome.ToString());
        Assert.Contains("time namespace", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
        var other = await Shell("exec \"$@\"", ["unshare", "--time", "--fork", .. Line(), "touch", $"{Output}.started"]);
        Assert.True(other.ExitCode == 0, other.ToString());
        await NothingIsLeft();
    }

    [Fact]
    public async Task An_output_folder_that_cannot_be_written_gives_seventy_three()
    {
        var outcome = await Shell(
            "exec \"$@\"",
            Product, "run", "--cgroup-root", Lab.CgroupRoot, "--output", "/proc/none", "--", "touch", $"{Output}.started");
        Assert.True(outcome.ExitCode == 73, outcome.ToString());
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
    }

    [Fact]
    public async Task Another_user_than_root_gets_seventy_seven()
    {
        using var process = Lab.Start(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. Line(), "touch", $"{Output}.started"]);
        var outcome = await process.ExitAsync(Deadline);
        Assert.True(outcome.ExitCode == 77, outcome.ToString());
        Assert.Contains("sudo", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
    }
}
