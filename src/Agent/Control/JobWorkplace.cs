using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Control;

/// <summary>
/// All that is made on the machine for one job: state file, guardian, waiting process, cgroup, spool folder. Disposing
/// it removes what it made, so that no way out of `run` leaves anything; the guardian does the same when this process
/// is killed.
/// </summary>
internal sealed class JobWorkplace : IDisposable
{
    private readonly JobStateFolder states = new(AgentFolders.Jobs);
    private readonly Guardian guardian;
    private readonly TextWriter error;
    private JobState state;

    private JobWorkplace(CommandContext context, RunOptions options, JobFacts job, PolicyMode mode)
    {
        Job = job;
        error = context.Error;
        var hierarchy = CgroupHierarchy.OfThisMachine();
        CgroupRoot = options.CgroupRoot ?? hierarchy?.MountPoint ?? throw new CommandFailure(
            ExitCode.CannotEnforce, "cgroup v2 is not mounted on this machine; 'sallyport doctor' says more; nothing was started");
        if (!File.Exists(Path.Combine(CgroupRoot, "cgroup.procs")))
        {
            throw new CommandFailure(ExitCode.CannotEnforce, $"{CgroupRoot} is no folder of cgroup v2; nothing was started");
        }

        var cgroup = Path.Combine(options.CgroupRoot ?? hierarchy!.Own, Leftovers.CgroupPrefix + job.Id);
        Spool = Path.Combine(AgentFolders.Spool, job.Id);
        state = states.Begin(new JobState(
            1, job.Id, Environment.ProcessId, ProcessIdentity.Of(Environment.ProcessId)?.StartTicks ?? 0,
            PolicyModeWord.Of(mode), "starting", SecretMasking.MaskArguments(options.Command),
            job.User.Name, job.Started, cgroup, NetworkNamespace.Inode(), [], Spool, options.Output));
        guardian = Guardian.Start(context.Caller.Descriptors);
        guardian.WatchPath(states.PathOf(job.Id));
        RootFolder.Ensure(Path.GetDirectoryName(AgentFolders.Spool)!);
        RootFolder.Ensure(AgentFolders.Spool);
        foreach (var order in GuardOrder.Recording(Spool, options.Output, job.User))
        {
            guardian.Tell(order);
        }

        Overlay = options.PassDocker ? TryPrepareOverlay(Path.Combine(AgentFolders.Sockets, job.Id)) : null;
        Process = JobProcess.Prepare(OrderOf(context, options, job, Overlay));
        if (ProcessIdentity.Of(Process.Pid) is { } identity)
        {
            guardian.Watch(identity);
        }

        Cgroup = TryCreateCgroup(cgroup);
    }

    internal JobFacts Job { get; }

    /// <summary>Keeps what is attached in force until the job is dead, whatever happens to this process.</summary>
    internal IAttachmentKeeper Keeper => guardian;

    /// <summary>Processes of the agent's: this one and its guardian.</summary>
    internal ImmutableArray<int> Agents => [Environment.ProcessId, guardian.Pid];

    internal string CgroupRoot { get; }

    /// <inheritdoc cref="JobState.Mark"/>
    internal int Mark => state.Mark;

    internal string Spool { get; }

    /// <summary>Sockets in the place of container runtimes', for the job; null where there is no runtime, or none was asked for.</summary>
    internal SocketOverlay? Overlay { get; }

    /// <summary>Waiting at the gate.</summary>
    internal JobProcess Process { get; }

    /// <summary>Null where none could be made; the job is then known by its lineage alone.</summary>
    internal Cgroup? Cgroup { get; }

    /// <summary>Set when this process is to end by SIGINT once all is written.</summary>
    internal bool ShouldDieOfInterrupt { get; set; }

    /// <summary>The recording could not be copied whole: the spool stays.</summary>
    internal bool KeepsSpool { get; set; }

    internal static JobWorkplace Prepare(CommandContext context, RunOptions options, JobFacts job, PolicyMode mode)
    {
        try
        {
            return new JobWorkplace(context, options, job, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.SallyportFailed, $"the job could not be prepared: {e.Message}; nothing was started");
        }
    }

    internal void SayInForce(string inForce)
    {
        state = state with { InForce = inForce, Filters = guardian.Filters };
        states.Replace(state);
    }

    internal bool IsOfJob(int pid) => pid == Process.Pid || (Cgroup?.Processes().Contains(pid) ?? false);

    /// <summary>On the draining thread. Without observation block mode has no witness: the command is stopped.</summary>
    internal void OnDrainFailure(bool stop)
    {
        if (stop)
        {
            StopCommand();
        }
    }

    internal void StopCommand()
    {
        Cgroup?.Kill();
        if (ProcessIdentity.Of(Process.Pid) is { } identity)
        {
            ProcessTree.Kill(identity);
        }
    }

    public void Dispose()
    {
        Process.Dispose();
        _ = Cgroup?.TryRemove();
        Overlay?.Dispose();
        if (!KeepsSpool)
        {
            _ = OwnPath.Remove(Spool);
        }

        states.Remove(state.Id);
        guardian.Release();
        guardian.Dispose();
        if (guardian.IsGone)
        {
            error.WriteLine(
                "sallyport: the guardian was ended by somebody: had sallyport been killed, nobody would have stopped the command");
        }
    }

    private Cgroup? TryCreateCgroup(string folder)
    {
        try
        {
            var cgroup = Cgroup.Create(folder);
            guardian.Watch(cgroup);
            cgroup.Adopt(Process.Pid);
            return cgroup;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"sallyport: the job has no cgroup of its own, it is known by its processes alone: {e.Message}");
            return null;
        }
    }

    private SocketOverlay? TryPrepareOverlay(string folder)
    {
        try
        {
            guardian.WatchPath(folder);
            return SocketOverlay.TryPrepare(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"sallyport: who asks for containers is not seen: {e.Message}");
            return null;
        }
    }

    private static LaunchOrder OrderOf(CommandContext context, RunOptions options, JobFacts job, SocketOverlay? overlay)
    {
        var arguments = RawProcess.Arguments();
        return new LaunchOrder(
            [.. arguments.AsSpan()[^options.Command.Length..]],
            JobEnvironment.For(RawProcess.Environment(), job.User, job.ThroughSudo),
            job.ThroughSudo ? job.User.User : null,
            job.User.Group,
            job.User.Groups,
            context.Caller.IgnoredSignals,
            context.Caller.BlockedSignals,
            context.Caller.Descriptors,
            overlay is null ? [] : [.. overlay.Sockets.Select(socket => new FileOverlay(socket.File, socket.Daemon))]);
    }
}
