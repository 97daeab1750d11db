using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A real agent and a real server: the job's recording arrives there, the policy of the store is in force, and an edit of it is with the
/// next job.
/// </summary>
public sealed class PolicyStoreTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 5 http://{LabAddresses.Attacker}";
    private const string Strict = "version: 1\nmode: block\nallow:\n  - v4.test:80\n";

    private static string Workflow(string key) => $"""
        name: Stored
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  use-policy-store: true
                  server-url: {ServedServer.Address}
                  api-key: {key}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 5 http://v4.test/allowed
                  {Attacker}/out || echo "curl says $?"
        """;

    [Fact]
    public async Task The_stores_policy_is_in_force_its_edit_is_with_the_next_job_and_recordings_arrive()
    {
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await ServedServer.StartAsync(machine);
        string key = await server.CommandAsync("api-key", "octo");
        await server.SaveAsync("octo", "base", Strict);
        await server.CommandAsync("policy", "attach", "octo", "base");

        WorkflowRun first = await RunAsync(key, "101");
        Assert.True(first.ConclusionOf() == "success", first.ToString());
        Assert.True(first.Traffic.Contains("/allowed ") && !first.Traffic.Contains("/out "), first.ToString());
        Assert.Equal(["refused"], first.Report.Verdicts("call", LabAddresses.Attacker));
        Assert.Contains("base version 1", first.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);

        await server.SaveAsync("octo", "base", $"{Strict}  - {LabAddresses.Attacker}:80\n");
        WorkflowRun second = await RunAsync(key, "102");
        Assert.True(second.Traffic.Contains("/out "), second.ToString());
        Assert.Contains("base version 2", second.Step("Post Harden Runner").GetProperty("summary").GetString(), StringComparison.Ordinal);

        await WaitForAsync(() => server.Recordings().Length >= 2, server);
        // Without the server the last answer holds, and that is said.
        await server.DisposeAsync();
        WorkflowRun third = await RunAsync(key, "103");
        Assert.True(third.Traffic.Contains("/out "), third.ToString());
        Assert.Contains(
            third.Step("Pre Harden Runner").GetProperty("annotations").EnumerateArray(),
            one => one.GetProperty("title").GetString() == "An earlier policy of the store is in force");
        foreach (string recording in server.Recordings())
        {
            string report = await machine.ShellAsync("\"$1\" report --format json \"$2\"", machine.Product, recording.Replace(
                machine.Network.WorkFolder, RunnerMachine.Work, StringComparison.Ordinal));
            Assert.Equal("octo/demo", JsonDocument.Parse(report).RootElement
                .GetProperty("job").GetProperty("github").GetProperty("repository").GetString());
        }
    }

    private Task<WorkflowRun> RunAsync(string key, string run) =>
        fixture.Machine.RunAsync(Workflow(key), "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);

    private static async Task WaitForAsync(Func<bool> isSo, ServedServer server)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            Assert.False(deadline.IsCancellationRequested, await server.StateAsync());
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
