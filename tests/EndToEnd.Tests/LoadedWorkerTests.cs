using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Code of the attacker's in the worker's own process, by LD_PRELOAD and by DOTNET_STARTUP_HOOKS (HARDENING rule 3): what the job before
/// wrote to the runner's .env. The worker reaches `@github-actions` alone, also where its job's steps may reach more.
/// </summary>
public sealed class LoadedWorkerTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Workflow = $"""
        name: Loaded
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Calls
                id: calls
                run: curl -sS --max-time 5 http://{LabAddresses.Attacker}/step
        """;

    [Fact]
    public async Task What_was_loaded_into_the_worker_reaches_what_the_runner_may()
    {
        fixture.Machine.Runner = RunnerMachine.BuiltRunner; // a native one has no startup hooks, the genuine one does
        (WorkflowRun control, string[] unjudged) = await RunAsync("control");
        Assert.Equal(["hook through", "preload through"], unjudged);
        Assert.All(["/hooked ", "/preloaded ", "/step "], call => Assert.True(control.Traffic.Contains(call), $"{call}\n{control}"));

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(
            $"version: 1\nmode: block\nallow: [\"{LabAddresses.Attacker}:80\"]");
        (WorkflowRun run, string[] judged) = await RunAsync("judged");
        Assert.Equal(["hook refused", "preload refused"], judged);
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/step "), run.ToString());
        Assert.All(["/hooked ", "/preloaded "], call => Assert.False(run.Traffic.Contains(call), $"{call}\n{run}"));
        HashSet<string?> workers =
        [
            .. run.Report.Processes.Where(process => JobReport.Text(process, "exe")!.EndsWith("/bin/Runner.Worker", StringComparison.Ordinal))
                .Select(process => JobReport.Text(process, "id")),
        ];
        JsonElement refused = Assert.Single(run.Report.Connections, row => JobReport.Text(row, "verdict") == "refused");
        Assert.True(
            JobReport.Text(refused, "address") == LabAddresses.Attacker && workers.Contains(JobReport.Text(refused, "process"))
                && refused.GetProperty("count").GetInt32() == 2,
            $"{refused}\n{run}");
    }

    /// <summary>The run, and what was said by the code in the worker, sorted.</summary>
    private async Task<(WorkflowRun Run, string[] Said)> RunAsync(string name)
    {
        string log = $"{RunnerMachine.Work}/{name}-worker";
        WorkflowRun run = await fixture.Machine.RunAsync(
            Workflow,
            ((string[])[
                $"LD_PRELOAD={TestPrograms.Folder}/leaver.so",
                $"DOTNET_STARTUP_HOOKS={Path.Combine(AppContext.BaseDirectory, "EndToEnd.Tests.dll")}",
                "LEAVER_NAME=Runner.Worker", $"LEAVER_ADDRESS={LabAddresses.Attacker}", $"LEAVER_LOG={log}",
            ]).SelectMany(variable => (string[])["--env", variable]));
        string[] said = await File.ReadAllLinesAsync(
            Path.Combine(fixture.Machine.Network.WorkFolder, $"{name}-worker"), TestContext.Current.CancellationToken);
        return (run, [.. said.Order(StringComparer.Ordinal)]);
    }
}
