using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Service;

/// <summary>The `job` commands' end of the control socket.</summary>
internal static class AgentClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(8); // a step waits for ten (CONTRACTS, Action)

    /// <summary>Asks the agent of this machine; null when none answers.</summary>
    internal static ControlReply? TryAsk(ControlRequest request)
    {
        if (!request.TryWrite(out var bytes))
        {
            throw new CommandFailure(
                ExitCode.Usage, $"the inputs are too long: at most {ControlLimits.MaxMessageBytes} bytes go to the agent; name a policy in agent.yml");
        }

        using var agent = MessageSocket.TryConnect(AgentFolders.ControlSocket);
        if (agent is null)
        {
            return null;
        }

        return agent.TrySend(bytes) && agent.TryReceive(Patience) is { } answer
            && ControlReply.TryRead(answer, out var reply, out _)
            ? reply
            : new ControlErrorReply(ControlErrorCode.Failed, "the agent did not answer", []);
    }

    /// <summary>
    /// Starts an agent that answers on demand. It is nobody's child and not the job's: a session of its own, an environment of
    /// its own, no descriptor of the caller's, and outside the runner's cgroup.
    /// </summary>
    internal static void Start(CallerState caller, TimeProvider clock)
    {
        OwnImage.Reap(OwnImage.StartDaemon(["sallyport", "internal", "daemon"], caller.Descriptors));
        var since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < StartPatience)
        {
            using var agent = MessageSocket.TryConnect(AgentFolders.ControlSocket);
            if (agent is not null)
            {
                return;
            }

            _ = SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(5));
        }

        throw new CommandFailure(ExitCode.SallyportFailed, $"the agent did not come up within {StartPatience.TotalSeconds} seconds");
    }
}
