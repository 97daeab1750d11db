using System.Diagnostics;
using System.Globalization;
using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>CONTRACTS, Life: the verdicts outlive the agent, the command does not.</summary>
public sealed class KilledAgentTests(LabFixture fixture) : RunTest(fixture)
{
    /// <summary>Longer since files are watched: 1.03 s were seen. The kernel's verdicts hold meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_command_whose_agent_is_killed_reaches_nothing_and_dies()
    {
        var call = $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x";
        Assert.Equal(0, (await Lab.OutsideAsync("sh", "-c", call)).ExitCode);
        Lab.World.Clear();

        // Writes a line for each try; many tries a millisecond apart, before the kill, at it, and after it.
        var (process, agent) = await Start(
            ["--mode", "block"],
            $"while :; do {call} 2> /dev/null && echo reached; echo tried >> {Output}.tries; done");
        using (process)
        {
            // Until there were tries, and some of them are on disk: that is done every second.
            _ = await Shell(
                "file=$(echo /var/lib/sallyport/spool/*-\"$2\"/recording.ndjson.zst)\n"
                + "size=$(stat -c %s \"$file\")\n"
                + "until [ $(wc -l < \"$1\") -gt 20 ] && [ $(stat -c %s \"$file\") -gt $size ]; do :; done",
                $"{Output}.tries", agent.ToString(CultureInfo.InvariantCulture));
            var killed = Stopwatch.GetTimestamp();
            _ = await Shell(
                $"kill -9 {agent}; while grep -q . \"$1\"/sallyport-*/cgroup.procs; do :; done", Lab.CgroupRoot);
            var lived = Stopwatch.GetElapsedTime(killed);
            Assert.True(lived < Patience, $"The command lived {lived}.");
            await NothingIsLeft();
            var outcome = await process.ExitAsync(Deadline);
            Assert.Equal(137, outcome.ExitCode);
            Assert.DoesNotContain("reached", outcome.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, Lab.World.Received().ConnectionsTo(LabAddresses.Attacker));

        // What was recorded until then is handed over, and says that it has no end.
        var report = await Lab.OutsideAsync(Product, "report", $"{Output}/recording.ndjson.zst");
        Assert.True(report.ExitCode == 66, report.ToString());
        Assert.Contains("has no end", report.Errors, StringComparison.Ordinal);
        Assert.Contains(LabAddresses.Attacker, report.Output, StringComparison.Ordinal);
    }
}
