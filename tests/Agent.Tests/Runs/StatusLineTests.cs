using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>The live row at the foot of the terminal (UI.md), on a real one and where there is none.</summary>
public sealed class StatusLineTests(LabFixture fixture) : RunTest(fixture)
{
    private const string Row = "1 refused: " + LabAddresses.Attacker;

    /// <summary>What script(1) writes down.</summary>
    private string Typescript => Output + ".typescript";

    [Fact]
    public async Task On_a_terminal_the_row_tells_what_was_refused_and_is_taken_back()
    {
        var outcome = await Shell(
            "TERM=xterm script -qefc \"stty rows 24 cols 100; $1 sh $2.sh\" $3",
            await LineOfScript($"for i in $(seq 250); do grep -q '{Row}' {Typescript} && break; sleep 0.1; done"), Output, Typescript);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var row = outcome.Output.IndexOf(Row, StringComparison.Ordinal);
        Assert.True(row > 0, outcome.Output);

        // The scrolled region is one row shorter while it stands, and whole again before the last table.
        var shorter = outcome.Output.IndexOf("\e[1;23r", StringComparison.Ordinal);
        var whole = outcome.Output.IndexOf("\e[r", StringComparison.Ordinal);
        Assert.InRange(shorter, 0, row);
        Assert.True(whole > row, outcome.Output);
        Assert.Contains("said-by-the-command", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Into_a_pipe_nothing_is_drawn_and_nothing_coloured()
    {
        // Longer than the second in which nothing is drawn.
        var outcome = await Shell("$1 sh $2.sh", await LineOfScript("sleep 1.6"), Output);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.DoesNotContain('\e', outcome.Output + outcome.Errors);
        Assert.Equal("said-by-the-command", outcome.Output.Trim());
        Assert.Contains(LabAddresses.Attacker, outcome.Errors, StringComparison.Ordinal);
    }

    private async Task<string> LineOfScript(string wait)
    {
        await File.WriteAllTextAsync(
            Path.Combine(Lab.WorkFolder, Name + ".sh"),
            $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x; {wait}; echo said-by-the-command\n");
        return string.Join(' ', Line("--mode", "block").Where(word => word != "--quiet"));
    }
}
