using Sallyport.Agent.Commands;
using Sallyport.Agent.Runner;
using Sallyport.Policy;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Service;

/// <summary>
/// `sallyport agent --await`, which a runner's unit calls before the runner (images/systemd/runner.conf): a runner that may only have
/// protected jobs is not started where nobody would protect them.
/// </summary>
internal static class RunnerGate
{
    /// <summary>systemd waits for the service's first attempt; this is for those after it, one a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Comes back when the service covers every runner, or when the machine's owner lets jobs run without it.</summary>
    /// <exception cref="CommandFailure">The runner is not to be started: for that, or because a policy has mistakes.</exception>
    internal static int Pass(CommandContext context, MachineSettings settings)
    {
        // Nobody could protect a job by what cannot be read: at once, with the mistakes.
        var isBlock = RunnerPolicy.OfMachine(settings).Document.EffectiveMode == PolicyMode.Block;
        var since = context.Clock.GetTimestamp();
        while (AgentHolder.Find() is not { IsOnDemand: false } || AgentClient.TryAsk(new Protocol.Control.JobStatusRequest()) is null)
        {
            if (context.Clock.GetElapsedTime(since) > Patience)
            {
                var missing = $"the service does not run, after {Patience.TotalSeconds} s ('systemctl status sallyport' says why)";
                if (settings.StopsUnprotected && isBlock)
                {
                    throw new CommandFailure(ExitCode.CannotEnforce, $"{missing}: the runner is not started, for its jobs would not be protected");
                }

                context.Error.WriteLine($"sallyport: {missing}: the runner is started, and its jobs are NOT protected");
                return ExitCode.Success;
            }

            _ = SpinWait.SpinUntil(static () => false, Look);
        }

        return ExitCode.Success;
    }
}
