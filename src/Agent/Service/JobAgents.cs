using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Service;

/// <summary>
/// The processes that watch one job each. The service only starts them and passes requests on: what it knows of them stands
/// in the state folder, so a service that is started again, or in a newer version, finds those of before.
/// </summary>
internal sealed class JobAgents
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(20);

    /// <summary>A step that asks waits for ten from when it began to (CONTRACTS, Action), and is to hear why it has waited.</summary>
    private static readonly TimeSpan AskedPatience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    /// <summary>poll(2) takes whole milliseconds, and the framework cuts the rest off.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    /// <summary>A worker waits at the door meanwhile.</summary>
    private static readonly TimeSpan WhosePatience = TimeSpan.FromSeconds(3);

    private readonly JobStateFolder states = new(AgentFolders.Jobs);
    private readonly Lock starting = new();

    /// <summary>Processes that were too slow, by the workers that they are for, until they have a state or have ended.</summary>
    private readonly Dictionary<ProcessIdentity, ProcessIdentity> begun = [];

    /// <summary>Jobs of runners that are being watched.</summary>
    internal List<JobState> All() =>
        states.Read([]).FindAll(state => state.WorkerPid is not null && JobStateFolder.IsLive(state));

    /// <summary>Ends the jobs that are over and whose agent and guardian were killed.</summary>
    internal void StandInForGuardians()
    {
        foreach (var state in states.Read([]).Where(state => state.Worker is not null
            && !JobStateFolder.IsLive(state) && !JobStateFolder.IsHeld(state) && state.Guardian is not { IsAlive: true }))
        {
            GuardianProcess.StandIn([.. RunnerWorkplace.OrdersAtTheEnd(state, states)]);
        }
    }

    /// <summary>The one that watches this worker's job, or null.</summary>
    internal JobState? Find(RunnerWorker worker) => All().Find(state => state.Worker == worker.Process);

    /// <summary>
    /// The job of whose steps a process descends, by the kernel's tag: parents can be left behind, the tag cannot. Null for none.
    /// </summary>
    /// <param name="process">In question.</param>
    /// <param name="inDoubt">Whether a job whose process does not answer counts as its owner.</param>
    internal JobState? OwnerOf(ProcessIdentity process, bool inDoubt = false)
    {
        var question = new RunnerJobOrder(process, RunnerJobOrder.Whose, new PeerCredentials(process.Pid, 0, 0), ReadOnlyMemory<byte>.Empty);
        return All().Find(state => state.WorkerPid != process.Pid
            && (ControlReply.TryRead(Forward(state, question, WhosePatience), out var reply, out _) && reply is JobStatusReply said
                ? said.Yours is not null : inDoubt));
    }

    /// <summary>Whether the process that watched this worker's job was killed: the guardian still holds its verdicts.</summary>
    internal bool IsOrphan(RunnerWorker worker) => Find(worker) is null && Predecessor(worker) is not null;

    /// <summary>A job that is judged on, and that nobody has taken over; null for none.</summary>
    internal JobState? Orphan()
    {
        var all = states.Read([]);
        return all.Find(state => JobStateFolder.IsHeld(state) && IsJudgedOn(state)
            && !all.Exists(other => JobStateFolder.IsLive(other) && other.Worker == state.Worker));
    }

    /// <summary>Whether a worker's job is judged although nobody watches it: a guardian, or names, hold what was attached.</summary>
    internal static bool IsJudgedOn(RunnerWorker worker) => new JobStateFolder(AgentFolders.Jobs).Read([]).Exists(state =>
        state.Worker == worker.Process && IsJudgedOn(state));

    private static bool IsJudgedOn(JobState state) =>
        state.Guardian is { IsAlive: true } || PinnedLinks.Exist(state.Id) || state.Filters is { IsEmpty: false };

    /// <summary>
    /// A process that is gone and that watched this worker's job before: the last one that kept what the job has. One that was killed
    /// while it began counts only where there is no other. Null for none.
    /// </summary>
    internal static JobState? Predecessor(RunnerWorker worker)
    {
        var gone = new JobStateFolder(AgentFolders.Jobs).Read([]).FindAll(state => state.Worker == worker.Process && !JobStateFolder.IsLive(state));
        return gone.FindLast(HasKept) ?? gone.LastOrDefault();
    }

    /// <summary>The request is the last thing that it keeps.</summary>
    private static bool HasKept(JobState state) => File.Exists(RunnerWorkplace.PathOfRequest(state.Id));

    /// <summary>Whoever takes over a job does it under the policy that it had.</summary>
    private static RunnerJobOrder OrderOf(RunnerWorker worker)
    {
        if (Predecessor(worker) is not { } state)
        {
            return new RunnerJobOrder(worker.Process, "image", default, ReadOnlyMemory<byte>.Empty);
        }

        var request = RootFile.TryRead(RunnerWorkplace.PathOfRequest(state.Id), MessageSocket.MaximumBytes);
        return new RunnerJobOrder(worker.Process, state.Origin ?? "image", default, request) { Scope = state.Scope };
    }

    /// <summary>
    /// Passes a request on; starts the process when there is none. Whoever asks may have killed the one before: what is asked for is what
    /// the process starts with only where there was none and no service covers the job, else it is one more request to it.
    /// </summary>
    /// <param name="worker">Of the job.</param>
    /// <param name="isOnDemand">No service covers it.</param>
    /// <param name="peer">Who asks.</param>
    /// <param name="request">As it came.</param>
    internal byte[] Ask(RunnerWorker worker, bool isOnDemand, PeerCredentials peer, ReadOnlyMemory<byte> request)
    {
        var order = new RunnerJobOrder(worker.Process, "action", peer, request);
        lock (starting)
        {
            if (Find(worker) is null)
            {
                if (isOnDemand && (Predecessor(worker) is not { } before || (before.Origin == order.Origin && !HasKept(before))))
                {
                    return Start(order, AskedPatience);
                }

                var started = Start(OrderOf(worker), AskedPatience);
                if (!ControlReply.TryRead(started, out var reply, out _) || reply is ControlErrorReply)
                {
                    return started;
                }
            }
        }

        return Forward(Find(worker), order, AnswerPatience);
    }

    /// <summary>Passes a request on to every job; gives the mistake of the first that did not do it, or null.</summary>
    internal ControlErrorReply? AskAll(PeerCredentials peer, ReadOnlyMemory<byte> request)
    {
        ControlErrorReply? failure = null;
        foreach (var state in All())
        {
            var order = new RunnerJobOrder(
                state.Worker!, state.Origin ?? "image", peer, request);
            if (!ControlReply.TryRead(Forward(state, order, AnswerPatience), out var reply, out var mistake) || reply is ControlErrorReply)
            {
                failure ??= reply as ControlErrorReply ?? new ControlErrorReply(ControlErrorCode.Failed, mistake ?? "no answer", []);
            }
        }

        return failure;
    }

    /// <summary>Watches the job of a worker that nobody asked for.</summary>
    internal ControlReply Cover(RunnerWorker worker)
    {
        lock (starting)
        {
            if (Find(worker) is { } known)
            {
                return new ControlErrorReply(ControlErrorCode.Failed, $"job {known.Id} watches it already", []);
            }

            return ControlReply.TryRead(Start(OrderOf(worker), StartPatience), out var reply, out var mistake)
                ? reply
                : new ControlErrorReply(ControlErrorCode.Failed, mistake, []);
        }
    }

    private byte[] Start(RunnerJobOrder order, TimeSpan patience)
    {
        foreach (var (worker, _) in begun.Where(one => !one.Value.IsAlive).ToArray())
        {
            _ = begun.Remove(worker);
        }

        if (begun.ContainsKey(order.Worker))
        {
            return Failed("the process that is to watch the job is still starting");
        }

        var (own, childs) = MessageSocket.Pair();
        using (own)
        {
            int pid;
            using (childs)
            {
                pid = OwnImage.StartHeardDaemon(
                    AgentLog.OfThisProcess(),
                    ["sallyport", "internal", "job-agent", OwnImage.Number(childs).ToString(CultureInfo.InvariantCulture)], [], childs);
            }

            if (!own.TrySend(order.Format()))
            {
                return Failed("the process that is to watch the job did not come up");
            }

            var reply = Await(own, patience, out var isLate);
            if (isLate && ProcessIdentity.Of(pid) is { } agent)
            {
                begun[order.Worker] = agent;
            }

            return reply;
        }
    }

    /// <summary>The reply of a process that starts. One that comes too late is in force all the same.</summary>
    internal static byte[] Await(MessageSocket job, TimeSpan patience, out bool isLate)
    {
        isLate = false;
        var began = Stopwatch.StartNew();
        var step = "starting";
        while (patience - began.Elapsed is var left && left > TimeSpan.Zero && job.TryReceive(left + Rounding) is { } message)
        {
            if (StartProgress.StepOf(message) is not { } next)
            {
                return message;
            }

            step = next;
        }

        isLate = began.Elapsed >= patience;
        return Failed(!isLate
            ? $"the process that is to watch the job ended while it was {step}: what it said stands in the journal of the service, or in {AgentLog.Path}"
            : $"the process that is to watch the job has not begun within {patience.TotalSeconds} s: it was {step}");
    }

    private static byte[] Failed(string why) => new ControlErrorReply(ControlErrorCode.Failed, why, []).Write();

    private static byte[] Forward(JobState? state, RunnerJobOrder order, TimeSpan patience)
    {
        using var job = state is null ? null : MessageSocket.TryConnect(RunnerWorkplace.PathOfSocket(state.Id));
        return job is not null && job.TrySend(order.Format()) && job.TryReceive(patience) is { } reply
            ? reply
            : Failed($"the process that watches the job {(state?.InForce == "starting" ? "is still starting" : "does not answer")}");
    }
}
