using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Commands;

/// <summary>What every subcommand works with.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Environment">Of the caller.</param>
/// <param name="Caller">Signals and descriptors as the caller handed them over.</param>
/// <param name="IsSupervisor">True in a process that has the signals blocked in every thread: see <see cref="SupervisorImage"/>.</param>
/// <param name="Clock">Wall clock.</param>
internal sealed record CommandContext(
    Terminal Output,
    Terminal Error,
    CallerEnvironment Environment,
    CallerState Caller,
    bool IsSupervisor,
    TimeProvider Clock)
{
    internal bool HasColor(Terminal terminal, bool noColor) =>
        terminal.IsTerminal && !noColor && !Environment.NoColor && Environment.TerminalKind is not (null or "dumb");
}
