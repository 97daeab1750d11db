using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Agent.Upload;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Runner;

/// <summary>
/// All that is made on the machine for one job of a runner: state file, guardian, spool, the folder of its results.
/// Disposing it removes what only the running job needs; when this process is killed, the guardian does so once the worker
/// has ended, and until then holds everything in force.
/// </summary>
internal sealed class RunnerWorkplace : IDisposable
{
    /// <summary>How the two scopes are called in the state file.</summary>
    internal const string MachineScope = "machine";

    internal const string JobsScope = "job";

    private readonly JobStateFolder states = new(AgentFolders.Jobs);
    private readonly Guardian guardian;
    private readonly PinnedLinks? pins;
    private readonly Lock saying = new();
    private JobState state;

    private RunnerWorkplace(RunnerWorker worker, UserAccount user, string origin, string mode, JobScope scope, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        Id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmss}-{Environment.ProcessId}");
        User = user;
        Spool = Path.Combine(AgentFolders.Spool, Id);
        Results = Path.Combine(AgentFolders.Results, Id);
        state = states.Begin(new JobState(
            1, Id, Environment.ProcessId, ProcessIdentity.Of(Environment.ProcessId)?.StartTicks ?? 0, mode, "starting",
            ["Runner.Worker"], user.Name, now, null, NetworkNamespace.Inode(), [], Spool, Results)
        {
            WorkerPid = worker.Process.Pid,
            WorkerStartTicks = worker.Process.StartTicks,
            Origin = origin,
            Scope = scope == JobScope.Machine ? MachineScope : JobsScope,
        });
        RootFolder.Ensure(Path.GetDirectoryName(AgentFolders.Spool)!);
        RootFolder.Ensure(AgentFolders.Spool);
        RootFolder.Ensure(AgentFolders.Controls);
        MakeResults();
        guardian = Guardian.Start([]);
        pins = PinnedLinks.TryMake(Id);
        if (pins is not null)
        {
            guardian.PinIn(pins);
        }

        foreach (var order in OrdersAtTheEnd(state, states))
        {
            guardian.Tell(order);
        }

        Say(before => before with { Guardian = ProcessIdentity.Of(guardian.Pid) });
    }

    internal string Id { get; }

    /// <summary>A step of the job asked for it; false when the service covers the job by itself.</summary>
    internal bool IsAskedFor => state.Origin == "action";

    /// <inheritdoc cref="JobState.Asked"/>
    internal string? Asked => state.Asked;

    /// <summary>That the worker runs as.</summary>
    internal UserAccount User { get; }

    internal IAttachmentKeeper Keeper => guardian;

    /// <summary>Processes of the agent's: this one, its guardian, the service that has started it.</summary>
    internal ImmutableArray<int> Agents() =>
    [
        Environment.ProcessId, guardian.Pid,
        .. ProcText.TryRead("/proc/self/stat") is { } stat && ProcessIdentity.ParentOf(stat) is { } service && service > 1
            ? [service] : Array.Empty<int>(),
    ];

    /// <summary>Whether verdicts outlive agent and guardian, killed in one go.</summary>
    internal bool IsPinned => pins is { IsWhole: true };

    /// <inheritdoc cref="JobState.Mark"/>
    internal int Mark => state.Mark;

    internal string Spool { get; }

    /// <summary>Folder of reports and recording, for root and the job's group.</summary>
    internal string Results { get; }

    internal string SocketPath => PathOfSocket(Id);

    /// <summary>Where the job's clients of a container runtime are led to.</summary>
    internal string LedFolder => Path.Combine(AgentFolders.Led, Id);

    internal static string PathOfSocket(string id) => Path.Combine(AgentFolders.Controls, id + ".sock");

    /// <summary>
    /// What the job asked for, for the agent that takes over when this one is killed. Beside the socket and not in the state
    /// file: it may hold a key, and that file is shown.
    /// </summary>
    internal static string PathOfRequest(string id) => Path.Combine(AgentFolders.Controls, id + ".request");

    /// <summary>
    /// For a job whose agent was killed, when it is over: carried out by its guardian, or by the service when that was killed too.
    /// </summary>
    internal static IReadOnlyCollection<GuardOrder> OrdersAtTheEnd(JobState state, JobStateFolder states) =>
    [
        GuardOrder.Of(GuardOrder.Await, state.Worker!),
        new(GuardOrder.Lift, states.PathOfLift(state.Id)),
        new(GuardOrder.Pins, PinnedLinks.PathOf(state.Id)),
        // Those of another network namespace are found when `cleanup` is called there.
        .. (state.Network == NetworkNamespace.Inode() ? state.Filters ?? [] : []).Select(filter => new GuardOrder(GuardOrder.Filter, filter.Format())),
        new(GuardOrder.Undo, state.Id),
        .. GuardOrder.Recording(state.Spool, state.Output, UserAccount.OfThisProcess()),
        .. FilesOf(state.Id, states).Select(path => new GuardOrder(GuardOrder.Remove, path)),
    ];

    /// <summary>All that is named after a job, but for its spool and its state, which go last.</summary>
    private static IEnumerable<string> FilesOf(string id, JobStateFolder states) =>
    [
        PathOfSocket(id), Path.Combine(AgentFolders.Led, id), PathOfRequest(id), PathOfPolicy(id), PathOfFloors(id), PathOfDenyList(id),
        states.PathOf(id) + JobStateFolder.NextSuffix, states.PathOfLift(id), states.PathOf(id),
    ];

    private static string PathOfPolicy(string id) => Path.Combine(AgentFolders.Controls, id + ".policy");

    private static string PathOfFloors(string id) => Path.Combine(AgentFolders.Controls, id + ".floors");

    private static string PathOfDenyList(string id) => Path.Combine(AgentFolders.Controls, id + ".deny-list");

    /// <summary>Envelope of the deny list that is in force for a job, to be verified again; empty for none.</summary>
    internal static byte[] ReadDenyList(string id) => RootFile.TryRead(PathOfDenyList(id), DenyListLimits.EnvelopeBytes);

    /// <summary>For whoever takes over, and for those who look at the machine.</summary>
    internal void KeepDenyList(JobDenyList denied)
    {
        if (denied.Name is not null)
        {
            RootFile.Replace(PathOfDenyList(Id), denied.Envelope.Span);
            Say(before => before with { DenyList = denied.Name });
        }
    }

    /// <summary>Floors of the machine's server that are in force for a job; none when none are.</summary>
    internal static JobFloors ReadFloors(string id) =>
        PolicyClient.Read(RootFile.TryRead(PathOfFloors(id), CurlClient.MaximumAnswer)) is { } kept ? JobFloors.Of(kept.Floors) : JobFloors.None;

    /// <summary>For whoever takes over.</summary>
    internal void KeepFloors(JobFloors floors)
    {
        if (!floors.Stored.IsEmpty)
        {
            RootFile.Replace(
                PathOfFloors(Id), JsonSerializer.SerializeToUtf8Bytes(new PolicyAnswer(null, floors.Stored), IngestJson.Default.PolicyAnswer));
        }
    }

    /// <summary>For whoever takes over.</summary>
    internal void SayCoverage(StartedCoverage coverage) => Say(before => before with { Coverage = coverage });

    /// <summary>What a store answered for a job; null when it was not asked, or not kept.</summary>
    internal static PolicyAnswer? ReadPolicy(string id) =>
        PolicyClient.Read(RootFile.TryRead(PathOfPolicy(id), CurlClient.MaximumAnswer));

    /// <summary>For whoever takes over.</summary>
    internal void KeepRequest(ReadOnlySpan<byte> request, PolicyAnswer? stored)
    {
        RootFile.Replace(PathOfRequest(Id), request);
        var asked = InputsMark.Of(request);
        Say(before => before with { Asked = asked });
        if (stored is not null)
        {
            RootFile.Replace(PathOfPolicy(Id), JsonSerializer.SerializeToUtf8Bytes(stored, IngestJson.Default.PolicyAnswer));
        }
    }

    internal static RunnerWorkplace Prepare(
        RunnerWorker worker, UserAccount user, string origin, string mode, JobScope scope, TimeProvider clock)
    {
        try
        {
            return new RunnerWorkplace(worker, user, origin, mode, scope, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.SallyportFailed, $"the job could not be prepared: {e.Message}");
        }
    }

    internal void SayInForce(string mode, string inForce, ImmutableArray<string> degraded)
    {
        Say(before => before with { Mode = mode, InForce = inForce, Degraded = degraded, Filters = guardian.Filters });
    }

    /// <summary>For those who look at the machine: a full disk keeps it from them, and nothing else.</summary>
    internal void SayIdentity(string? repository, string? runId)
    {
        try
        {
            Say(before => before with { Repository = repository, RunId = runId });
        }
        catch (IOException)
        {
            // Said again with whatever is said next.
        }
    }

    /// <summary>Enforcement holds again.</summary>
    internal void SayOverrideEnded() => Say(before => before with { Override = null });

    /// <summary>What agents before this one have in force for the same worker is let go by their guardians.</summary>
    internal void SayOverride(JobOverride said)
    {
        Say(before => before with { Override = said });
        foreach (var before in states.Read([]).Where(other => !JobStateFolder.IsLive(other)
            && other.Worker == state.Worker))
        {
            RootFile.Replace(states.PathOfLift(before.Id), []);
            if (before.Guardian is not { IsAlive: true })
            {
                GuardianProcess.LetGo(OrdersAtTheEnd(before, states));
            }
        }
    }

    /// <summary>By the thread that prepares the job, and by the draining one. Written only when it is news.</summary>
    private void Say(Func<JobState, JobState> change)
    {
        lock (saying)
        {
            var next = change(state);
            if (next != state)
            {
                state = next;
                states.Replace(state);
            }
        }
    }

    public void Dispose()
    {
        _ = MachineChanges.Undo(Id);
        _ = OwnPath.Remove(Spool);
        PinnedLinks.Remove(Id);
        foreach (var path in FilesOf(Id, states))
        {
            _ = OwnPath.Remove(path);
        }

        guardian.Release();
        guardian.Dispose();
    }

    /// <summary>Root's own, readable by the job's group: the worker's user reads the report, and cannot change it.</summary>
    private void MakeResults()
    {
        const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        RootFolder.Ensure(AgentFolders.Results);
        File.SetUnixFileMode(Path.GetDirectoryName(AgentFolders.Results)!, Enter);
        File.SetUnixFileMode(AgentFolders.Results, Enter);
        _ = Directory.CreateDirectory(Results, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        if (Interop.Libc.chown(Results, 0, User.Group) != 0)
        {
            throw Errno.Failure("chown");
        }
    }
}
