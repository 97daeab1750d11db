using System.Text.Json;

namespace Sallyport.Runner.Tests;

/// <summary>Steps side by side, which the samples do not have: what the runner's source says of them.</summary>
public sealed class BackgroundTests
{
    [Fact]
    public async Task Steps_in_the_background_run_at_once_and_are_told_to_others_when_they_are_waited_for()
    {
        const string Meets = "touch $GITHUB_ACTION; for i in $(seq 2000); do [ -e one ] && [ -e two ] && [ -e three ] && exit 0; sleep 0.05; done; exit 1";
        using StandIn run = await StandIn.RunAsync($$$"""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - id: one
                    background: true
                    run: |
                      echo ONE=set >> "$GITHUB_ENV"; echo out=of-one >> "$GITHUB_OUTPUT"
                      {{{Meets}}}
                  - id: two
                    background: true
                    continue-on-error: true
                    run: ({{{Meets}}}) && exit 3
                  - id: three
                    run: |
                      {{{Meets}}}
                  - id: early
                    run: echo "text=${ONE}${{ steps.one.outputs.out }}" >> "$GITHUB_OUTPUT"
                  - name: Wait for one
                    wait: [one]
                  - id: late
                    run: echo "text=$ONE ${{ steps.one.outputs.out }}" >> "$GITHUB_OUTPUT"
                  - wait-all: true
                  - id: last
                    run: echo "text=${{ steps.two.outcome }} ${{ steps.two.conclusion }}" >> "$GITHUB_OUTPUT"
            """);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(["", "set of-one", "failure success"], ((string[])["early", "late", "last"]).Select(id => Of(run, id).GetProperty("outputs").GetProperty("text").GetString()));

        string[] log = File.ReadAllLines(run.Job.GetProperty("workerLog").GetString()!);
        int At(string text) => Array.FindIndex(log, line => line.Contains(text, StringComparison.Ordinal));
        Assert.True(At("Background step 'two' acquired slot.") < At("Background step 'two' completed with result: Succeeded"), run.Output);
        Assert.True(At("Updated step result (continue on error)") < At("Background step 'two' completed with result: Succeeded"), run.Output);
        Assert.Equal(6, log.Count(line => line.Contains("StepsRunner] Step result:", StringComparison.Ordinal))); // those in the background have none
        Assert.Contains(log, line => line.Contains("\"stepContextName\":\"two\"", StringComparison.Ordinal) || line.Contains("\"stepContextName\": \"two\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_in_the_background_is_the_jobs_also_when_nobody_waits()
    {
        foreach (string wait in (string[])["", "      - wait-all: true"])
        {
            using StandIn run = await StandIn.RunAsync($"""
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - id: fails
                        background: true
                        run: exit 3
                {wait}
                """.TrimEnd());
            Assert.Equal("failure", run.Job.GetProperty("conclusion").GetString());
            Assert.Equal("failure", Of(run, "fails").GetProperty("conclusion").GetString());
        }
    }

    private static JsonElement Of(StandIn run, string id) =>
        run.Job.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("contextName").GetString() == id);
}
