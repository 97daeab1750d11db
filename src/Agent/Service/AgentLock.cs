using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Service;

/// <summary>One agent answers on a machine.</summary>
internal static class AgentLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Takes it. An agent that a job has started on demand gives way to the service at once: it ends when it is told to, and
    /// the processes that watch its jobs go on.
    /// </summary>
    /// <param name="isOnDemand">For an agent on demand.</param>
    /// <param name="clock">Of the patience.</param>
    /// <param name="say">Told who gives way.</param>
    /// <exception cref="CommandFailure">Somebody else keeps it.</exception>
    internal static FileStream Take(bool isOnDemand, TimeProvider clock, Action<string> say)
    {
        var since = clock.GetTimestamp();
        ProcessIdentity? asked = null;
        while (true)
        {
            if (TryTake() is { } taken)
            {
                AgentHolder.Take(isOnDemand);
                return taken;
            }

            var holder = AgentHolder.Find();
            if (isOnDemand || holder is { IsOnDemand: false })
            {
                throw new CommandFailure(ExitCode.SallyportFailed, $"an agent answers on this machine already{PidOf(holder)}");
            }

            if (clock.GetElapsedTime(since) > Patience)
            {
                throw new CommandFailure(
                    ExitCode.SallyportFailed, $"an agent that a job has started{PidOf(holder)} does not give way within {Patience.TotalSeconds} s");
            }

            if (holder is not null && holder.Process != asked)
            {
                asked = holder.Process;
                say($"takes over from the agent that a job has started{PidOf(holder)}: its jobs are watched on");
                _ = Interop.Libc.kill(holder.Process.Pid, Native.SIGTERM);
            }

            _ = SpinWait.SpinUntil(static () => false, Look);
        }
    }

    private static FileStream? TryTake()
    {
        try
        {
            return LockFile.TryTake(Path.Combine(AgentFolders.State, "agent.lock"));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandFailure(ExitCode.SallyportFailed, e.Message);
        }
    }

    private static string PidOf(AgentHolder? holder) => holder is null ? string.Empty : $" (process {holder.Process.Pid})";
}
