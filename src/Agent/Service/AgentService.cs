using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Service;

/// <summary>
/// `sallyport agent`: meets every Runner.Worker at the door, has its job watched by a process of its own, and answers at the
/// control socket. On demand (started by `job start`) it covers nobody unasked and ends when the last job has.
/// </summary>
internal sealed class AgentService(CommandContext context, MachineSettings settings, bool onDemand) : IDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    private readonly JobAgents jobs = new();
    private readonly HashSet<ProcessIdentity> refused = [];
    private readonly ManualResetEventSlim stop = new();

    /// <summary>Comes back when it is told to end; jobs that run are watched on.</summary>
    internal int Run()
    {
        RootFolder.Ensure(AgentFolders.State);
        File.SetUnixFileMode(AgentFolders.State, Enter);
        using var only = AgentLock.Take(onDemand, context.Clock, Say);
        if (onDemand)
        {
            // What it has is a step's, who started it.
            foreach (var reason in (string?[])[AgentCgroup.Enter(settings), OutOfMemory.GoLate()])
            {
                if (reason is not null)
                {
                    Say(reason);
                }
            }
        }

        if (PinnedLinks.Mount() is { } missing)
        {
            Say($"verdicts end when agent and guardian are killed in one go: {missing}");
        }

        foreach (var job in MachineChanges.OfGoneJobs()) // before a crash or a reboot
        {
            Say(MachineChanges.Undo(job) ? $"what job {job} took is given back" : $"what job {job} took is not given back: call 'sallyport cleanup'");
        }

        // Processes of jobs are nobody's to wait for.
        _ = Interop.Libc.signal(Native.SIGCHLD, Native.SIG_IGN);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var doorman = onDemand ? null : PostDoorman();
        using var listener = MessageListener.Listen(AgentFolders.ControlSocket, Everybody, Answer, StepOf);
        Say(onDemand ? "answering on demand" : "watching for runners");
        SystemdNotice.Send(context.Environment.NotifySocket, "READY=1");
        _ = Task.Run(() => BrokenOffJobs.TakeIn(Say)); // beside the jobs of now: a recording may be long
        if (onDemand)
        {
            Serve();
        }
        else
        {
            Watch(doorman!);
        }

        SystemdNotice.Send(context.Environment.NotifySocket, "STOPPING=1");
        _ = OwnPath.Remove(AgentFolders.ControlSocket);
        return ExitCode.Success;
    }

    public void Dispose() => stop.Dispose();

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Set();
    }

    private Doorman PostDoorman()
    {
        try
        {
            return Doorman.Post(settings.CgroupRoot);
        }
        catch (KernelUnavailableException e)
        {
            throw new CommandFailure(
                e.MissingCapability is null ? ExitCode.CannotEnforce : ExitCode.NotPermitted, $"{e.Message}; 'sallyport doctor' says more");
        }
    }

    private void Watch(Doorman doorman)
    {
        while (!stop.IsSet)
        {
            foreach (var pid in doorman.Wait(Look))
            {
                Meet(pid);
            }

            try
            {
                LookAround();
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                Say($"a look at the machine failed, and is taken again: {e.Message}");
            }
        }
    }

    private void LookAround()
    {
        // Those that ran before, and those whose arrival found no place in the ring.
        foreach (var worker in RunnerWorker.All())
        {
            if (jobs.Find(worker) is null && !refused.Contains(worker.Process) && IsOurs(worker))
            {
                Meet(worker.Process.Pid);
            }
        }

        _ = refused.RemoveWhere(worker => !worker.IsAlive);
        Tidy(jobs.All());
    }

    private void Tidy(List<JobState> running)
    {
        Retention.Apply(settings, running);
        jobs.StandInForGuardians();
    }

    private void Serve()
    {
        var idleSince = context.Clock.GetTimestamp();
        while (!stop.Wait(Look))
        {
            try
            {
                foreach (var worker in RunnerWorker.All().Where(jobs.IsOrphan))
                {
                    Meet(worker.Process.Pid);
                }

                var running = jobs.All();
                Tidy(running);
                if (running.Count > 0)
                {
                    idleSince = context.Clock.GetTimestamp();
                }
                else if (context.Clock.GetElapsedTime(idleSince) > Linger)
                {
                    return;
                }
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                Say($"a look at the machine failed, and is taken again: {e.Message}");
            }
        }
    }

    /// <summary>Whoever came is stopped at the door: protected or not, it is let in or sent away before this returns.</summary>
    private void Meet(int pid)
    {
        if (RunnerWorker.TryRecognise(pid) is not { } worker)
        {
            MeetStranger(pid);
        }
        else if (!IsLetIn(worker))
        {
            ProcessTree.Kill(worker.Process); // with the steps that it may have begun
        }

        _ = Interop.Libc.kill(pid, Native.SIGCONT);
    }

    /// <summary>
    /// It has a worker's name and is not known as one. One of a job's own processes is judged as that. Any other may be a runner's that is
    /// laid out in another way, by an update or by a job before: its job would run unprotected, and that is not to be silent.
    /// </summary>
    private void MeetStranger(int pid)
    {
        try
        {
            if (ProcessIdentity.Of(pid) is not { } stranger || RunnerWorker.Describe(pid, out var beginsJob) is not { } what
                || jobs.OwnerOf(stranger) is not null)
            {
                return;
            }

            var isStopped = beginsJob && !MayBeUnprotected();
            Say($"process {pid} is not protected{(isStopped ? " and was stopped" : "")}: called Runner.Worker, and not known as a runner's");
            Say($"process {pid}: {what}");
            if (isStopped)
            {
                ProcessTree.Kill(stranger);
            }
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            Say($"process {pid} is not protected: called Runner.Worker, and not looked at: {e.Message}");
        }
    }

    private bool IsLetIn(RunnerWorker worker)
    {
        var isJudgedOn = false;
        try
        {
            if (jobs.Find(worker) is not null)
            {
                return true;
            }

            if (IsInsideJob(worker))
            {
                _ = refused.Add(worker.Process);
                return true;
            }

            var pid = worker.Process.Pid;
            isJudgedOn = JobAgents.IsJudgedOn(worker);
            switch (jobs.Cover(worker))
            {
                case JobStartedReply started:
                    Say($"job {started.Job}: worker {pid}, {started.Mode}, {started.InForce}");
                    if (started.Coverage is { FromStart: false } late)
                    {
                        Say($"job {started.Job}: it began {late.UncoveredSeconds.ToString(CultureInfo.InvariantCulture)} s before protection; "
                            + $"steps that ran then: {(late.StepsBefore.IsEmpty ? "not known" : string.Join(", ", late.StepsBefore))}");
                    }

                    foreach (var notice in started.Notices)
                    {
                        Say($"job {started.Job}: {notice.Title}: {notice.Message}"); // no step has asked, so none is told
                    }

                    return true;
                case ControlErrorReply error when JobAgents.IsJudgedOn(worker):
                    Say($"worker {pid}: its job is judged on, and nobody watches it yet: {error.Message}"); // tried again at the next look
                    return true;
                case ControlErrorReply error:
                    _ = refused.Add(worker.Process);
                    Say($"worker {pid} is not protected{(MayBeUnprotected() ? "" : " and was stopped")}: {error.Message}");
                    return MayBeUnprotected();
                default:
                    return true;
            }
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            // Who is let in is not refused for good: the shortage passes, and the next look tries again.
            var isLetIn = isJudgedOn || MayBeUnprotected();
            Say($"worker {worker.Process.Pid} is not protected{(isLetIn ? " yet" : " and was stopped")}: {e.Message}");
            return isLetIn;
        }
    }

    private bool MayBeUnprotected() => !settings.StopsUnprotected || !RunnerPolicy.IsBlockSettled(settings);

    /// <summary>A runner that a job has started is that job's, and opens no job of its own (HARDENING rule 7).</summary>
    private bool IsInsideJob(RunnerWorker worker) =>
        (worker.Outer() is { } outer && jobs.Find(outer) is not null) || jobs.OwnerOf(worker.Process) is not null;

    /// <summary>
    /// The worker whose job a process belongs to: the nearest above it whose job is watched, the one whose step has started the
    /// nearest, else the nearest.
    /// </summary>
    private RunnerWorker? WorkerOf(int pid)
    {
        var nearest = RunnerWorker.TryFindAbove(pid);
        for (var worker = nearest; worker is not null; worker = worker.Outer())
        {
            if (jobs.Find(worker) is not null)
            {
                return worker;
            }
        }

        return nearest is not null && jobs.OwnerOf(nearest.Process) is { WorkerPid: { } owner }
            ? RunnerWorker.TryRecognise(owner)
            : nearest;
    }

    private bool IsOurs(RunnerWorker worker) =>
        settings.CgroupRoot is not { } root || CgroupHierarchy.OfThisMachine()?.IsBelow(worker.Process.Pid, root) == true;

    /// <summary>The process of a worker's that an asker is below: what a step has opened does not keep the job's `post` waiting.</summary>
    private static int StepOf(PeerCredentials peer) =>
        peer.Pid > 0 ? RunnerWorker.TryFindAbove(peer.Pid)?.StepAbove(peer.Pid) ?? 0 : 0;

    private byte[] Answer(PeerCredentials peer, byte[] message)
    {
        try
        {
            return Reply(peer, message);
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            return new ControlErrorReply(ControlErrorCode.Failed, Printable.Line(e.Message), []).Write();
        }
    }

    private byte[] Reply(PeerCredentials peer, byte[] message)
    {
        if (!ControlRequest.TryRead(message, out var request, out var mistake))
        {
            return new ControlErrorReply(ControlErrorCode.Unsupported, $"{mistake}.", []).Write();
        }

        var worker = peer.Pid > 0 ? WorkerOf(peer.Pid) : null;
        if (request is JobStatusRequest)
        {
            return Status(peer, worker).Write();
        }

        if (request is JobOverrideRequest glass)
        {
            return glass.HasReason
                ? Override(peer, worker, message).Write()
                : new ControlErrorReply(ControlErrorCode.Unsupported, "An override needs a reason of some length.", []).Write();
        }

        if (worker is null && request is JobStartRequest && !KernelCapability.MayLoad(ProcessStatus.OfThisProcess().EffectiveCapabilities))
        {
            // Nor can it look at a process of another user then: in a container without rights the worker stays unknown.
            return new ControlErrorReply(
                ControlErrorCode.CannotEnforce,
                "Root has no CAP_BPF, CAP_PERFMON or CAP_NET_ADMIN here, as in a container: the kernel takes no programs from the agent.", []).Write();
        }

        if (worker is null)
        {
            return new ControlErrorReply(
                ControlErrorCode.NoWorker, "Who asks does not belong to a job of an Actions runner on this machine.", []).Write();
        }

        var isCovered = jobs.Find(worker) is not null || jobs.IsOrphan(worker);
        if (!isCovered && request is not JobStartRequest)
        {
            return new ControlErrorReply(ControlErrorCode.Failed, "This job is not protected: nothing was started for it.", []).Write();
        }

        // A job that nobody covers yet is covered for root alone: the client has come through sudo.
        return !isCovered && peer.User != 0
            ? new ControlErrorReply(ControlErrorCode.NotPermitted, "Protection is started by root: call it through sudo.", []).Write()
            : jobs.Ask(worker, onDemand, peer, message);
    }

    /// <summary>For root, and not from within a job, whatever became of the asker's parents.</summary>
    private ControlReply Override(PeerCredentials peer, RunnerWorker? worker, byte[] message)
    {
        if (peer.User != 0 || worker is not null || ProcessIdentity.Of(peer.Pid) is not { } asker || jobs.OwnerOf(asker) is not null)
        {
            return new ControlErrorReply(
                ControlErrorCode.NotPermitted, "Enforcement is overridden by root on the machine, and from within no job.", []);
        }

        if (jobs.OwnerOf(asker, inDoubt: true) is { } silent)
        {
            return new ControlErrorReply(
                ControlErrorCode.Failed, $"Job {silent.Id} does not answer yet, so nobody can say whether who asks belongs to it: ask again.", []);
        }

        var failure = jobs.AskAll(peer, message);
        if (failure is null && jobs.Orphan() is { } orphan)
        {
            failure = new ControlErrorReply(
                ControlErrorCode.Failed, $"Job {orphan.Id} goes on refusing, and its agent, which was killed, has no successor yet: ask again.", []);
        }

        return failure ?? (ControlReply)Status(peer, worker: null);
    }

    private JobStatusReply Status(PeerCredentials peer, RunnerWorker? worker)
    {
        var yours = worker is null ? null : jobs.Find(worker);
        var visible = peer.User == 0 ? jobs.All() : yours is null ? [] : [yours];
        return new JobStatusReply(
            [
                .. visible.Select(state => new RunningJob(
                    state.Id, state.Mode, state.InForce,
                    state.Degraded.IsDefaultOrEmpty ? null : string.Join("; ", state.Degraded),
                    state.WorkerPid ?? 0, state.Repository, state.RunId, state.Started)
                {
                    Scope = state.Scope,
                    DenyList = state.DenyList,
                }),
            ],
            yours?.Id,
            0)
        {
            Taken = yours?.Asked is { } asked && asked == InputsMark.OfStep(RunnerFacts.EnvironmentOf(worker!, peer.Pid)),
        };
    }

    private void Say(string text) => context.Error.WriteLine($"sallyport agent: {Printable.Line(text)}");
}
