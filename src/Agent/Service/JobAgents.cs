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
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    private readonly JobStateFolder states = new(AgentFolders.Jobs);
    private readonly Lock starting = new();

    /// <summary>Jobs of runners that are being watched.</summary>
    internal List<JobState> All() =>
        states.Read([]).FindAll(state => state.WorkerPid is not null && JobStateFolder.IsLive(state));

    /// <summary>The one that watches this worker's job, or null.</summary>
    internal JobState? Find(RunnerWorker worker) => All().Find(state =>
        state.WorkerPid == worker.Process.Pid && state.WorkerStartTicks == worker.Process.StartTicks);

    /// <summary>Whether the process that watched this worker's job was killed: the guardian still holds its verdicts.</summary>
    internal bool IsOrphan(RunnerWorker worker) => Find(worker) is null && HasPredecessor(worker);

    /// <summary>Whether a process that is gone watched this worker's job before.</summary>
    internal static bool HasPredecessor(RunnerWorker worker) => Predecessor(worker) is not null;

    private static JobState? Predecessor(RunnerWorker worker) => new JobStateFolder(AgentFolders.Jobs).Read([]).FindLast(state =>
        state.WorkerPid == worker.Process.Pid && state.WorkerStartTicks == worker.Process.StartTicks
        && !JobStateFolder.IsLive(state));

    /// <summary>Whoever takes over a job does it under the policy that it had.</summary>
    private static (string Origin, byte[] Request) WhatPredecessorHad(RunnerWorker worker)
    {
        if (Predecessor(worker) is not { } state)
        {
            return ("image", []);
        }

        var request = ProcBytes.TryRead(RunnerWorkplace.PathOfRequest(state.Id), MessageSocket.MaximumBytes);
        return (state.Origin ?? "image", request);
    }

    /// <summary>Passes a request on; starts the process when there is none.</summary>
    internal byte[] Ask(RunnerWorker worker, string origin, PeerCredentials peer, ReadOnlyMemory<byte> request)
    {
        var order = new RunnerJobOrder(worker.Process, origin, peer, request);
        lock (starting)
        {
            if (Find(worker) is null)
            {
                return Start(order);
            }
        }

        return Forward(Find(worker), order);
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

            var (origin, request) = WhatPredecessorHad(worker);
            return ControlReply.TryRead(
                Start(new RunnerJobOrder(worker.Process, origin, default, request)), out var reply, out var mistake)
                ? reply
                : new ControlErrorReply(ControlErrorCode.Failed, mistake, []);
        }
    }

    private static byte[] Start(RunnerJobOrder order)
    {
        var (own, childs) = MessageSocket.Pair();
        using (own)
        {
            using (childs)
            {
                _ = OwnImage.StartDaemon(
                    ["sallyport", "internal", "job-agent", OwnImage.Number(childs).ToString(CultureInfo.InvariantCulture)],
                    [], childs);
            }

            return own.TrySend(order.Format()) && own.TryReceive(StartPatience) is { } reply
                ? reply
                : new ControlErrorReply(ControlErrorCode.Failed, "the process that is to watch the job did not come up", []).Write();
        }
    }

    private static byte[] Forward(JobState? state, RunnerJobOrder order)
    {
        using var job = state is null ? null : MessageSocket.TryConnect(RunnerWorkplace.PathOfSocket(state.Id));
        return job is not null && job.TrySend(order.Format()) && job.TryReceive(AnswerPatience) is { } reply
            ? reply
            : new ControlErrorReply(ControlErrorCode.Failed, "the process that watches the job does not answer", []).Write();
    }
}
