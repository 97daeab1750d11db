using Sallyport.Agent.Control;
using Sallyport.Agent.Tests.Control;

namespace Sallyport.Agent.Tests;

/// <summary>The launcher, with its order in a file in place of the agent's pipe.</summary>
public sealed class LaunchTests
{
    [Theory]
    [InlineData(0, "true")]
    [InlineData(3, "sh", "-c", "exit 3")]
    [InlineData(127, "no-such-command-anywhere")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(126, "/etc")]
    public async Task The_exit_code_is_that_of_the_command(int expected, params string[] command) =>
        Assert.Equal(expected, (await Launch(LaunchOrderTests.Of(command))).Code);

    [Fact]
    public async Task A_script_without_an_interpreter_line_is_read_by_the_shell()
    {
        using var folder = new TestFolder();
        var script = folder.File("script", "echo from $1\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal("from here\n", (await Launch(LaunchOrderTests.Of(script, "here"))).Output);
    }

    [Fact]
    public async Task The_command_has_no_descriptor_but_the_standard_ones_and_those_that_were_named()
    {
        var order = LaunchOrderTests.Of("sh", "-c", "cd /proc/self/fd; for f in *; do [ -e $f ] && echo $f; done") with { Descriptors = [7] };
        Assert.Equal(["0", "1", "2", "7"], (await Launch(order)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(n => n.Length == 1));
    }

    [Fact]
    public async Task Signals_are_as_the_order_says_and_a_broken_pipe_kills_again()
    {
        var order = LaunchOrderTests.Of("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status") with { IgnoredSignals = 1, BlockedSignals = 1UL << 11 };
        Assert.Equal(
            "SigBlk:\t0000000000000800\nSigIgn:\t0000000000000001\n", (await Launch(order)).Output);
    }

    [Fact]
    public async Task The_environment_is_that_of_the_order()
    {
        var order = LaunchOrderTests.Of("/usr/bin/env") with { Environment = ["B=1"u8.ToArray(), "A=x y"u8.ToArray()] };
        Assert.Equal("B=1\nA=x y\n", (await Launch(order)).Output);
    }

    [Fact]
    public async Task The_command_runs_as_the_user_of_the_order()
    {
        Assert.SkipUnless(SallyportProcess.IsRoot, "needs root to become somebody else");
        var order = LaunchOrderTests.Of("sh", "-c", "grep -E '^(Uid|Gid|Groups|CapEff|NoNewPrivs)' /proc/self/status")
            with { User = 65534, Group = 65533, Groups = [65532, 65533] };
        var status = (await Launch(order)).Output;
        Assert.Contains("Uid:\t65534\t65534\t65534\t65534", status, StringComparison.Ordinal);
        Assert.Contains("Gid:\t65533\t65533\t65533\t65533", status, StringComparison.Ordinal);
        Assert.Contains("Groups:\t65532 65533", status, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t0", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_starts_when_the_gate_closes()
    {
        using var folder = new TestFolder();
        var marker = Path.Combine(folder.Path, "started");
        Assert.Equal(70, (await Launch(LaunchOrderTests.Of("touch", marker), release: false)).Code);
        Assert.False(File.Exists(marker));
    }

    private static async Task<SallyportProcess.Outcome> Launch(LaunchOrder order, bool release = true)
    {
        using var folder = new TestFolder();
        var gate = Path.Combine(folder.Path, "gate");
        await using (var stream = File.Create(gate))
        {
            order.Write(stream);
            if (release)
            {
                stream.WriteByte(1);
            }
        }

        return await SallyportProcess.RunAt(
            folder.Path, "sh", "-c", "exec \"$0\" internal launch 3 4 3<gate 4>report 7</dev/null 8</dev/null", SallyportProcess.Program);
    }
}
