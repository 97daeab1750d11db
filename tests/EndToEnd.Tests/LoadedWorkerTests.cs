using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Code of the attacker's in the runner's own processes, by LD_PRELOAD and by DOTNET_STARTUP_HOOKS (HARDENING rule 3): what the job before
/// wrote to the runner's .env. Worker and listener reach `@github-actions` alone, also where the job's steps may reach more.
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
                run: curl -sS --max-time 30 http://{LabAddresses.Attacker}/step
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

    /// <summary>The listener runs before the worker and after it; while a job is watched, it is held to the same.</summary>
    [Fact]
    public async Task What_was_loaded_into_the_listener_reaches_what_the_runner_may()
    {
        (WorkflowRun control, string[] unjudged) = await RunListeningAsync();
        Assert.Equal(["name through", "preload through"], unjudged);
        Assert.True(control.Traffic.Contains("/preloaded ") && control.Traffic.Contains("/step "), control.ToString());

        await using AgentProcess agent = await fixture.Machine.ServeWithAsync(
            $"version: 1\nmode: block\nallow: [\"{LabAddresses.Attacker}:80\"]");
        (WorkflowRun run, string[] judged) = await RunListeningAsync();
        Assert.Equal(["name through", "preload refused"], judged);
        Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/step ") && !run.Traffic.Contains("/preloaded "), run.ToString());
        foreach ((string address, string verdict) in ((string, string)[])[(LabAddresses.Attacker, "refused"), (LabAddresses.GitHub, "allowed")])
        {
            JsonElement row = Assert.Single(run.Report.Connections, row => JobReport.Text(row, "address") == address && JobReport.Text(row, "step") is null);
            Assert.Equal(verdict, JobReport.Text(row, "verdict"));
            Assert.EndsWith("/bin/Runner.Listener", JobReport.Text(run.Report.ProcessOf(JobReport.Text(row, "process")), "exe"), StringComparison.Ordinal);
        }
    }

    /// <summary>It calls when a step says so, which waits for it.</summary>
    private async Task<(WorkflowRun Run, string[] Said)> RunListeningAsync()
    {
        string sign = $"{RunnerMachine.Work}/{Guid.NewGuid():n}";
        string workflow = $"{Workflow}\n      - run: touch {sign}; for i in $(seq 800); do [ -s {sign}-said ] && break; sleep 0.05; done";
        WorkflowRun run = await fixture.Machine.RunAsync(
            workflow,
            ((string[])[
                $"LD_PRELOAD={TestPrograms.Folder}/leaver.so", "LEAVER_NAME=Runner.Listener", $"LEAVER_ADDRESS={LabAddresses.Attacker}",
                "LEAVER_HOST=github.com", $"LEAVER_SIGN={sign}", $"LEAVER_LOG={sign}-said",
            ]).SelectMany(variable => (string[])["--env", variable]));
        string[] said = await File.ReadAllLinesAsync(
            Path.Combine(fixture.Machine.Network.WorkFolder, Path.GetFileName($"{sign}-said")), TestContext.Current.CancellationToken);
        return (run, [.. said.Order(StringComparer.Ordinal)]);
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
