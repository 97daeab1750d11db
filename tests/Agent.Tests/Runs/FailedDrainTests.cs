using System.Globalization;
using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>
/// The draining thread fails while the job runs. Root in the job takes the rings of the agent, by bpf(2): without
/// observation block mode has no witness, so the command is stopped. Code 70, and nothing is left.
/// </summary>
public sealed class FailedDrainTests(LabFixture fixture) : RunTest(fixture)
{
    [Fact]
    public async Task In_block_mode_the_command_is_stopped()
    {
        var (process, agent) = await Start(["--mode", "block"], $"sleep 300; touch {Output}.survived");
        using (process)
        {
            await TakeRings(agent);
            var outcome = await process.ExitAsync(Deadline);
            Assert.True(outcome.ExitCode == 70, outcome.ToString());
            Assert.Contains("cannot be observed any more; the command was stopped", outcome.Errors, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".survived")));
        Assert.Equal(9, Report().GetProperty("signal").GetInt32());
        SaysThatItIsIncomplete();
        await NothingIsLeft();
    }

    [Fact]
    public async Task In_audit_mode_the_command_goes_on_and_the_code_says_it_all_the_same()
    {
        var (process, agent) = await Start([], $"until [ -e {Output}.taken ]; do :; done; touch {Output}.survived");
        using (process)
        {
            await TakeRings(agent);
            await File.WriteAllTextAsync(
                Path.Combine(Lab.WorkFolder, Name + ".taken"), "", TestContext.Current.CancellationToken);
            var outcome = await process.ExitAsync(Deadline);
            Assert.True(outcome.ExitCode == 70, outcome.ToString());
            Assert.Contains("cannot be observed any more", outcome.Errors, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".survived")));
        SaysThatItIsIncomplete();
        await NothingIsLeft();
    }

    private void SaysThatItIsIncomplete()
    {
        Assert.False(Report().GetProperty("complete").GetBoolean());
        Assert.Equal(1, Report().GetProperty("losses").GetProperty("observation-lost").GetInt64());
    }

    private async Task TakeRings(int agent)
    {
        var taken = await Lab.OutsideAsync(LabNetwork.Program("ring"), agent.ToString(CultureInfo.InvariantCulture));
        Assert.True(taken.ExitCode == 0, taken.ToString());
        Assert.DoesNotContain("0 rings", taken.Output, StringComparison.Ordinal);
    }
}
