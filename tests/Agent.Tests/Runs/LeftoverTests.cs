using System.Globalization;
using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>`status` and `cleanup`, around a job that lives and one whose agent and guardian were both killed.</summary>
public sealed class LeftoverTests(LabFixture fixture) : RunTest(fixture)
{
    [Fact]
    public async Task Status_shows_the_live_job_and_cleanup_leaves_it_alone()
    {
        var call = $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x";
        var (process, agent) = await Start(
            ["--mode", "block"], $"until [ -e {Output}.go ]; do sleep 0.05; done; {call} || echo refused");
        using (process)
        {
            var shown = await Sallyport("status");
            Assert.True(shown.ExitCode == 0, shown.ToString());
            Assert.Contains($"pid {agent.ToString(CultureInfo.InvariantCulture)}", shown.Output, StringComparison.Ordinal);
            Assert.Contains("block · enforcing", shown.Output, StringComparison.Ordinal);
            Assert.Contains("sh -c echo $PPID", shown.Output, StringComparison.Ordinal);

            using var jobs = JsonDocument.Parse((await Sallyport("status", "--json")).Output);
            var job = Assert.Single(jobs.RootElement.EnumerateArray());
            Assert.Equal(agent, job.GetProperty("agentPid").GetInt32());
            Assert.Equal("block", job.GetProperty("mode").GetString());

            var cleaned = await Sallyport("cleanup");
            Assert.True(cleaned.ExitCode == 0, cleaned.ToString());
            Assert.DoesNotContain(
                $"-{agent.ToString(CultureInfo.InvariantCulture)}", cleaned.Output, StringComparison.Ordinal);

            _ = await Shell($"touch {Output}.go");
            var outcome = await process.ExitAsync(Deadline);
            Assert.Contains("refused", outcome.Output, StringComparison.Ordinal);
        }

        Assert.Contains("No job is running.", (await Sallyport("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cleanup_removes_what_a_dead_job_left_and_can_be_repeated()
    {
        var (process, agent) = await Start(["--mode", "block"], $"echo $$ > {Output}.command; exec sleep 300 > /dev/null 2>&1");
        using (process)
        {
            var id = agent.ToString(CultureInfo.InvariantCulture);
            // The agent is in force before its command has run its first line.
            var command = (await Shell($"until [ -s {Output}.command ]; do sleep 0.02; done; cat {Output}.command")).Output.Trim();

            // The agent and all it keeps beside it, by their numbers; the command is nobody's then, and lives.
            _ = await Shell(
                """
                all=
                # Not by /proc/PID/task/TID/children, which skips some when one ends meanwhile (proc(5)).
                for child in $(ps -o pid= --ppid "$1"); do [ "$child" = "$2" ] || all="$all $child"; done
                kill -9 $all $1
                """,
                id, command);
            _ = await process.ExitAsync(Deadline);

            var shown = await Sallyport("status");
            Assert.Contains("No job is running.", shown.Output, StringComparison.Ordinal);
            Assert.Matches($"left by a job that is gone: .*/sallyport-[0-9T]+-{id}\n", shown.Output);
            Assert.Contains("sallyport cleanup", shown.Output, StringComparison.Ordinal);

            // Somebody is in the cgroup: it stays, and its processes are named.
            var kept = await Sallyport("cleanup");
            Assert.True(kept.ExitCode == 70, kept.ToString());
            Assert.Contains($"processes are in it: {command}", kept.Output, StringComparison.Ordinal);

            _ = await Shell("kill -9 $1; while kill -0 $1 2> /dev/null; do sleep 0.01; done", command);
            var removed = await Sallyport("cleanup");
            Assert.True(removed.ExitCode == 0, removed.ToString());
            Assert.Matches($"removed .*/sallyport-[0-9T]+-{id}\n", removed.Output);
            await NothingIsLeft();

            var again = await Sallyport("cleanup");
            Assert.True(again.ExitCode == 0, again.ToString());
            Assert.DoesNotContain($"-{id}", again.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_command_leaves_running_is_named_at_the_end()
    {
        using var process = Lab.Start(
        [
            .. Line("--mode", "block").Where(word => word != "--quiet"),
            "sh", "-c", $"tail -f /dev/null '`\u001b[1m' > /dev/null 2>&1 & "
                + $"until [ \"$(cat /proc/$!/comm)\" = tail ]; do :; done; echo $! > {Output}.left",
        ]);
        var outcome = await process.ExitAsync(Deadline);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var left = (await File.ReadAllTextAsync(Path.Combine(Lab.WorkFolder, Name + ".left"))).Trim();
        Assert.Contains($"\n ! 1 left running\n   pid {left}  tail -f /dev/null `\\u{{1b}}[1m\n", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(
            $"\n**1 left running**\n\n- pid {left} `tail -f /dev/null '\\u{{1b}}[1m`\n", await File.ReadAllTextAsync(FileOf("summary.md")), StringComparison.Ordinal);

        _ = await Shell("kill -9 $1; while kill -0 $1 2> /dev/null; do sleep 0.01; done", left);
        _ = await Sallyport("cleanup");
        await NothingIsLeft();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("cleanup")]
    public async Task Another_user_than_root_may_do_neither(string command)
    {
        using var process = Lab.Start(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Product, command]);
        var outcome = await process.ExitAsync(Deadline);
        Assert.True(outcome.ExitCode == 77, outcome.ToString());
        Assert.Contains("sudo", outcome.Errors, StringComparison.Ordinal);
    }

    private async Task<ProcessOutcome> Sallyport(params string[] line)
    {
        using var process = Lab.Start([Product, .. line]);
        return await process.ExitAsync(Deadline);
    }
}
