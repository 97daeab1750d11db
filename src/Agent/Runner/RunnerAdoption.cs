using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Makes what runs already the job's: the worker, all below it, and what has left its tree but carries its tracking id. The
/// programs are attached before, so from the top down: once a process has its tag the kernel tags what it forks, and
/// what it had forked before is found by looking again until nothing new is there.
/// </summary>
/// <param name="gate">Attached.</param>
/// <param name="worker">Of the job.</param>
/// <param name="runnerPolicy">Index of the policy of the runner itself.</param>
/// <param name="unknownPolicy">Index of the policy of steps that are not known yet.</param>
/// <param name="silent">Takes processes that do not let us look whether they are the job's, or have the sockets that they had.</param>
internal sealed class RunnerAdoption(Gate gate, RunnerWorker worker, byte runnerPolicy, byte unknownPolicy, HashSet<int> silent)
{
    private const int Rounds = 64;
    private const int MaximumProcesses = 131_072;
    private const string TrackingVariable = "RUNNER_TRACKING_ID=";

    /// <summary>Processes that were left behind and get an execution of their own: the worker's children have one in any case.</summary>
    private const int MostLeft = 32;

    private readonly Dictionary<int, (ulong Process, uint Execution)> adopted = [];
    private int left;
    private byte[]? trackingId;

    /// <summary>Executions that had begun already, with the environment that each has.</summary>
    internal List<(uint Execution, byte[] Environment, bool IsLeft)> Begun { get; } = [];

    /// <summary>Number of the worker's own tag.</summary>
    internal ulong Worker => adopted.TryGetValue(worker.Process.Pid, out var own) ? own.Process : 0;

    internal void Run()
    {
        trackingId = FindTrackingId();
        AdoptRunner(worker.Listener, TaskTag.Runner, 0);
        AdoptRunner(worker.Process, TaskTag.Worker, 0);
        for (var round = 0; round < Rounds && AdoptRound(); round++)
        {
        }
    }

    /// <summary>The runner itself is judged by what it may reach, and keeps the connections that it has.</summary>
    private void AdoptRunner(ProcessIdentity runner, ushort flags, uint execution)
    {
        var process = gate.Adoption.Adopt(new AdoptedTask(runner.Pid, 0, execution, runnerPolicy, flags));
        adopted[runner.Pid] = (process, execution);
        using var handle = ProcessHandle.TryOpen(runner);
        foreach (var descriptor in SocketAdoption.SocketsOf(runner.Pid))
        {
            using var taken = handle?.TryTake(descriptor);
            if (taken is null)
            {
                continue;
            }

            var number = (int)taken.DangerousGetHandle();
            using var handleOfSocket = new SafeSocketHandle(number, ownsHandle: false);
            using var socket = new Socket(handleOfSocket);
            if (socket.ProtocolType == ProtocolType.Tcp && PeerOf(socket) is { } peer)
            {
                gate.Adoption.KeepConnection(number, process, peer);
            }
            else
            {
                gate.Adoption.AdoptSocket(number, process, execution);
            }
        }
    }

    private bool AdoptRound()
    {
        var parents = Parents();
        var any = false;
        foreach (var (pid, parent) in parents)
        {
            if (!adopted.ContainsKey(pid) && pid != Environment.ProcessId && (IsBelowWorker(pid, parents) || HasTrackingId(pid)))
            {
                any |= Adopt(pid, parent);
            }
        }

        return any;
    }

    private bool Adopt(int pid, int parent)
    {
        var isWorkers = parent == worker.Process.Pid;
        var (from, execution) = adopted.GetValueOrDefault(parent);
        // Left behind by its parents: by its environment it is a step's, which is never certain.
        var opens = isWorkers || (from == 0 && left++ < MostLeft);
        var environment = opens ? ProcessLook.TryRead(pid, "environ", WireLimits.EnvironmentBytes) ?? [] : [];

        // Between fork and exec it is still the worker's program: the kernel tells its environment when it has one.
        var waitsForExec = isWorkers && ProcText.TryReadLink($"/proc/{pid}/exe") == ProcText.TryReadLink($"/proc/{parent}/exe");
        if (opens)
        {
            execution = gate.Adoption.NextExecution();
        }

        var process = gate.Adoption.Adopt(new AdoptedTask(
            pid, from, execution, opens || execution != 0 ? unknownPolicy : (byte)0, waitsForExec ? TaskTag.Opens : (ushort)0)
        {
            OpensExecution = opens && execution != 0,
        });
        adopted[pid] = (process, execution);
        if (process == 0)
        {
            return true;
        }

        if (opens && execution != 0 && !waitsForExec)
        {
            Begun.Add((execution, environment, !isWorkers));
        }

        SocketAdoption.Run(gate, pid, process, execution, silent);
        return true;
    }

    private bool IsBelowWorker(int pid, Dictionary<int, int> parents)
    {
        for (var i = 0; i < parents.Count && pid > 1; i++)
        {
            if (!parents.TryGetValue(pid, out var parent))
            {
                return false;
            }

            if (parent == worker.Process.Pid)
            {
                return true;
            }

            pid = parent;
        }

        return false;
    }

    /// <summary>
    /// A process of this job whose parent is gone: the worker gives all it starts one tracking id. Whoever is younger than the worker, of
    /// its user, and does not show an environment, counts as one. Without a child of the worker's that shows the id nobody is known by it.
    /// </summary>
    private bool HasTrackingId(int pid)
    {
        if (trackingId is null || ProcessIdentity.Of(pid) is not { } process || process.StartTicks < worker.Process.StartTicks)
        {
            return false;
        }

        if (ProcessLook.TryRead(pid, "environ", WireLimits.EnvironmentBytes) is { } environment)
        {
            return environment.AsSpan().IndexOf(trackingId) >= 0;
        }

        _ = silent.Add(pid);
        return ProcessLook.IsSilent(pid, ProcessPart.Memory)
            && UserAccount.IdsOfProcess(pid)?.User == UserAccount.IdsOfProcess(worker.Process.Pid)?.User
            && RunnerWorker.TryFindAbove(pid) is null; // of another worker's job it is none of ours
    }

    /// <summary>The worker has it for its children alone: taken from one of them, <c>RUNNER_TRACKING_ID=github_…</c>.</summary>
    private byte[]? FindTrackingId()
    {
        foreach (var (pid, parent) in Parents())
        {
            if (parent != worker.Process.Pid)
            {
                continue;
            }

            if (ProcessLook.TryRead(pid, "environ", WireLimits.EnvironmentBytes) is not { } environment)
            {
                _ = silent.Add(pid);
                continue;
            }

            foreach (var variable in System.Text.Encoding.UTF8.GetString(environment).Split('\0'))
            {
                if (variable.StartsWith(TrackingVariable + "github_", StringComparison.Ordinal) && variable.Length < 256)
                {
                    return System.Text.Encoding.UTF8.GetBytes(variable + "\0");
                }
            }
        }

        return null;
    }

    private static Dictionary<int, int> Parents()
    {
        var parents = new Dictionary<int, int>();
        foreach (var pid in ProcessNumbers.All().Take(MaximumProcesses))
        {
            if (RunnerWorker.ParentOf(pid) is { } parent)
            {
                parents[pid] = parent;
            }
        }

        return parents;
    }

    private static IPEndPoint? PeerOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint as IPEndPoint;
        }
        catch (SocketException)
        {
            return null; // it listens, or is not connected
        }
    }
}
