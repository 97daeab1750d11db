using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>A workflow that runs. Disposing of it ends the stand-in and its jobs.</summary>
public sealed class StartedRun : IDisposable
{
    private readonly RunnerMachine _machine;
    private readonly HashSet<string> _before;

    internal StartedRun(RunnerMachine machine, LabProcess process, string folder, HashSet<string> before)
    {
        (_machine, Process, _before) = (machine, process, before);
        Folder = folder;
    }

    public RunnerMachine Machine => _machine;

    public LabProcess Process { get; }

    /// <summary>The run's folder as the test sees it.</summary>
    public string Folder { get; }

    public async Task<WorkflowRun> EndAsync()
    {
        ProcessOutcome outcome = await RunnerMachine.EndOf(Process);
        await _machine.NoJobIsWatchedAsync();
        string result = Path.Combine(Folder, "result.json");
        if (!File.Exists(result))
        {
            throw new LabException($"The stand-in gave no result:\n{outcome}");
        }

        string[] folders = [.. _machine.JobFolders().Where(folder => !_before.Contains(folder))];
        return new WorkflowRun(
            outcome, RunnerMachine.ReadJson(result),
            [.. folders.Where(f => File.Exists(Path.Combine(f, "report.json"))).Select(f => new JobReport(f))],
            _machine.Network.World.Received(), _machine.Network.WorkFolder);
    }

    /// <summary>Completes when a job has made this file in its workspace's parent, which jobs know as $SIGNS.</summary>
    public async Task SignAsync(string name)
    {
        string path = Path.Combine(Folder, name);
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(80));
        while (!File.Exists(path))
        {
            if (deadline.IsCancellationRequested)
            {
                throw new LabException($"No job has made {name}.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Completes when a job has appended this many lines more to a file beside those signs.</summary>
    public async Task GrowsAsync(string name, int lines)
    {
        string path = Path.Combine(Folder, name);
        int before = Lines(path);
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(80));
        while (Lines(path) < before + lines)
        {
            if (deadline.IsCancellationRequested)
            {
                throw new LabException($"{name} had {before} lines and has {Lines(path)}, not {lines} more.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static int Lines(string path) => File.Exists(path) ? File.ReadLines(path).Count() : 0;

    /// <summary>Completes when the only job is watched and its policy in force.</summary>
    public async Task IsEnforcedAsync()
    {
        string jobs = Path.Combine(_machine.Network.WorkFolder, "run", "jobs");
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(80));
        while (!Directory.Exists(jobs) // its file is not whole at once
            || !Directory.GetFiles(jobs, "*.json").Any(file => File.ReadAllText(file).Contains("\"inForce\": \"enforcing\"", StringComparison.Ordinal)))
        {
            if (deadline.IsCancellationRequested)
            {
                throw new LabException("No job is enforced.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Number of the process that watches the only job, from the agent's own state.</summary>
    public int Watcher() => State().GetProperty("agentPid").GetInt32();

    /// <summary>Numbers of all processes of the agent's that this job depends on: who answers, who watches, who holds.</summary>
    public string[] Agents()
    {
        JsonElement state = State();
        string holder = File.ReadAllText(Path.Combine(_machine.Network.WorkFolder, "run", "agent.holder"));
        return [$"{state.GetProperty("guardian").GetProperty("pid")}", $"{state.GetProperty("agentPid")}", holder.Split(' ')[0]];
    }

    private JsonElement State() => RunnerMachine.ReadJson(
        Directory.EnumerateFiles(Path.Combine(_machine.Network.WorkFolder, "run", "jobs"), "*.json").Single());

    public void Dispose() => Process.Dispose();
}
