using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// A running `sallyport agent`. What it says on standard error is kept; in a file, for the processes of its jobs have that open as well and
/// may live on.
/// </summary>
public sealed class AgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>$0 is the program, $1 where its words and its number go. Ends as it does, when all that it said is passed on.</summary>
    private const string Served = """
        : > "$1.said"
        "$0" agent 2>> "$1.said" & agent=$!
        echo $agent > "$1.pid"
        tail --pid=$agent -n +1 -s 0.05 -f "$1.said" &
        wait $agent; code=$?; wait; exit $code
        """;

    private readonly RunnerMachine _machine;
    private readonly LabProcess _process;
    private readonly string _name;

    private AgentProcess(RunnerMachine machine, LabProcess process, string name) => (_machine, _process, _name) = (machine, process, name);

    public static async Task<AgentProcess> StartAsync(RunnerMachine machine, string? program = null)
    {
        string name = $"{RunnerMachine.Work}/service-{Guid.NewGuid():N}";
        LabProcess process = machine.Network.Start("sh", "-c", Served, program ?? machine.Product, name);
        await process.SaysAsync("sallyport agent: watching for runners", s_patience);
        return new AgentProcess(machine, process, name);
    }

    /// <summary>Ends it as systemd does, and returns what it said.</summary>
    public async Task<ProcessOutcome> StopAsync()
    {
        await _machine.ShellAsync("kill \"$(cat \"$1.pid\")\"", _name);
        return await _process.ExitAsync(s_patience);
    }

    /// <summary>When it returns, another can answer: what was killed keeps the machine for itself until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Dispose();
        await _machine.ShellAsync("[ ! -e \"$1\" ] || flock --wait 50 \"$1\" true || true", "/run/sallyport/agent.lock");
    }
}
