using System.Globalization;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>A running `sallyport agent`. What it says on standard error is kept.</summary>
public sealed class AgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly RunnerMachine _machine;
    private readonly LabProcess _process;

    private AgentProcess(RunnerMachine machine, LabProcess process) => (_machine, _process) = (machine, process);

    public static async Task<AgentProcess> StartAsync(RunnerMachine machine, string? program = null)
    {
        LabProcess process = machine.Network.Start("sh", "-c", "exec \"$0\" agent 2>&1", program ?? machine.Product);
        await process.SaysAsync("sallyport agent: watching for runners", s_patience);
        return new AgentProcess(machine, process);
    }

    /// <summary>Ends it as systemd does, and returns what it said.</summary>
    public async Task<ProcessOutcome> StopAsync()
    {
        await _machine.ShellAsync("kill \"$1\"", _process.Id.ToString(CultureInfo.InvariantCulture));
        return await _process.ExitAsync(s_patience);
    }

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
