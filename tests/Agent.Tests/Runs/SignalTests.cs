using System.Globalization;
using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>Signals and terminals: what a shell does with `run` it could have done with the command.</summary>
public sealed class SignalTests(LabFixture fixture) : RunTest(fixture)
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("USR1", 138)]
    public async Task A_signal_reaches_the_command_and_the_report_is_written(string signal, int expected)
    {
        var (process, agent) = await Start(
            ["--mode", "block"], $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x; echo called; exec sleep 300");
        using (process)
        {
            await process.SaysAsync("called", Deadline);
            _ = await Shell($"kill -{signal} {agent}");
            var outcome = await process.ExitAsync(Deadline);
            Assert.True(outcome.ExitCode == expected, outcome.ToString());
        }

        Assert.Equal(expected - 128, Report().GetProperty("signal").GetInt32());
        Assert.Contains(Report().GetProperty("connections").EnumerateArray(), IsRefusedCall);
        await NothingIsLeft();
    }

    [Fact]
    public async Task A_command_that_handles_the_signal_decides_the_code()
    {
        var (process, agent) = await Start([], "trap 'kill $!; exit 42' TERM; sleep 300 & echo ready; wait");
        using (process)
        {
            await process.SaysAsync("ready", Deadline);
            _ = await Shell($"kill -TERM {agent}");
            Assert.Equal(42, (await process.ExitAsync(Deadline)).ExitCode);
        }
    }

    /// <summary>As a shell sees it that runs the command itself (Ctrl-Z, fg): "passes signals unchanged".</summary>
    [Fact]
    public async Task A_command_that_is_stopped_stops_the_agent_and_goes_on_with_it()
    {
        var (process, agent) = await Start(["--mode", "block"], $"echo $$ > {Output}.command; until [ -e {Output}.go ]; do sleep 0.02; done; exit 7");
        using (process)
        {
            var outcome = await Shell(
                """
                state() { while read -r name word _; do [ "$name" = State: ] && echo "$word"; done < "/proc/$1/status"; }
                until [ -s "$2.command" ]; do :; done
                command=$(cat "$2.command")
                kill -STOP "$command"
                until [ "$(state "$1")" = T ]; do :; done
                state "$command"
                kill -CONT "$1"
                until [ "$(state "$1")" != T ] && [ "$(state "$command")" != T ]; do :; done
                touch "$2.go"
                """,
                agent.ToString(CultureInfo.InvariantCulture), Output);
            Assert.True(outcome is { ExitCode: 0, Output: "T\n" }, outcome.ToString());
            outcome = await process.ExitAsync(Deadline);
            Assert.True(outcome.ExitCode == 7, outcome.ToString());
        }

        Assert.Equal(7, Report().GetProperty("exitCode").GetInt32());
        await NothingIsLeft();
    }

    /// <summary>The terminal is script(1), which types what it reads; its exit code is that of `run`.</summary>
    [Fact]
    public async Task What_is_typed_to_interrupt_reaches_the_command_and_the_report_is_written()
    {
        await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, Name + ".sh"), $"echo $$ > {Output}.pid\nexec sleep 300\n");
        var line = string.Join(' ', Line("--mode", "block").Where(word => word != "--quiet"));
        var outcome = await Shell(
            """
            {
                until [ -s "$2.pid" ]; do sleep 0.01; done
                printf '\003'
                until [ -s "$2/report.html" ]; do sleep 0.01; done
            } | TERM=xterm script -qec "exec $1 sh $2.sh" /dev/null
            """,
            line, Output);
        Assert.True(outcome.ExitCode == 130, outcome.ToString());
        Assert.Equal(2, Report().GetProperty("signal").GetInt32());
        await NothingIsLeft();
    }

    [Fact]
    public async Task When_the_terminal_goes_the_command_ends_and_the_report_is_written()
    {
        await WithoutTerminal(":", "exec sleep 300");
        Assert.Equal(1, Report().GetProperty("signal").GetInt32());
    }

    [Fact]
    public async Task A_command_that_does_not_mind_goes_on_without_its_terminal_and_stays_judged()
    {
        await WithoutTerminal(
            "trap '' HUP",
            $"until [ -e {Output}.gone ]; do :; done; for i in $(seq 300); do /bin/true; done; "
            + $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x; exit 5");
        Assert.Equal(5, Report().GetProperty("exitCode").GetInt32());
        Assert.Contains(Report().GetProperty("connections").EnumerateArray(), IsRefusedCall);
    }

    /// <summary>Kills the terminal, script(1), once the command runs; the status line is drawn on it.</summary>
    private async Task WithoutTerminal(string first, string command)
    {
        await File.WriteAllTextAsync(
            Path.Combine(Lab.WorkFolder, Name + ".sh"), $"{first}\necho $$ > {Output}.pid\n{command}\n");
        var line = string.Join(' ', Line("--mode", "block").Where(word => word != "--quiet"));
        var outcome = await Shell(
            """
            TERM=xterm script -qec "$1 sh $2.sh" /dev/null > /dev/null &
            until [ -s "$2.pid" ]; do :; done
            kill -9 $!
            wait
            touch "$2.gone"
            until [ -s "$2/report.html" ]; do :; done
            """,
            line, Output);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        await NothingIsLeft();
    }
}
