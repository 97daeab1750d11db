using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Agent.Service;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Runner;

/// <summary>
/// One job of a runner, in a process of its own: attached to the worker that runs already, in force until that worker has
/// ended, whatever a step of it asks for. A second job on the machine, and the service itself, do not touch it.
/// </summary>
internal sealed class RunnerJob : IDisposable
{
    /// <summary>Reason of the loss: an agent before this one was killed.</summary>
    internal const string ObservationGap = "observation-gap";

    private const string Unpinned = "verdicts end when agent and guardian are killed in one go: not all that is attached has a name";

    /// <summary>Sentences on what became weaker that are kept.</summary>
    private const int MostSaid = 32;

    private readonly List<string> said = [];
    private readonly CommandContext context;
    private readonly MachineSettings settings;
    private readonly RunnerWorker worker;
    private readonly KernelSession session;
    private readonly RunnerWorkplace workplace;
    private readonly RecordingSink recording;
    private readonly AgentPipeline pipeline;
    private readonly StepWatch steps;
    private readonly ServiceWatch service;
    private readonly RunnerGuest guest;
    private readonly TakenPrivileges privileges;
    private readonly JobUpload upload;
    private DrainLoop? loop;
    private CompiledPolicy policy;

    private RunnerJob(
        CommandContext context, MachineSettings settings, RunnerWorker worker, RunnerWorkplace workplace,
        KernelSession session, RunnerPolicy asked, CompiledPolicy policy, Action<GitHubDocument> identified)
    {
        this.context = context;
        this.settings = settings;
        this.worker = worker;
        this.workplace = workplace;
        this.session = session;
        this.policy = policy;
        Policy = asked;
        recording = new RecordingSink(workplace.Spool, reason => RecordingFailure = reason);
        var relay = new EventRelay();
        steps = new StepWatch(session.Gate, policy, worker, relay);
        service = new ServiceWatch(relay);
        privileges = new TakenPrivileges(session, workplace, settings);
        upload = new JobUpload(context, workplace);
        guest = new RunnerGuest(steps, service);
        pipeline = new AgentPipeline(new JobCorrelator(steps), recording, new ReportBuilder(), new LiveCounts());
        pipeline.Actions = Gate.ActionsOf(policy);
        relay.Target = new IdentityWatch(pipeline, github =>
        {
            workplace.SayIdentity(github.Repository, github.RunId);
            identified(github);
        });
    }

    internal string Id => workplace.Id;

    /// <summary>In force.</summary>
    internal RunnerPolicy Policy { get; private set; }

    /// <summary>Since when the job is protected; of one that is taken over, by the agent before.</summary>
    internal StartedCoverage Coverage { get; private set; } = new(FromStart: false, 0, []);

    /// <summary>What findings do.</summary>
    internal DetectionActions Actions => Gate.ActionsOf(policy);

    internal int Rules => policy.Rules.Length;

    internal string Mode => Word(policy.Mode);

    internal string InForce => session.InForce(policy.Mode);

    internal ImmutableArray<string> Degraded
    {
        get
        {
            lock (said)
            {
                return [.. session.Degraded, .. workplace.IsPinned ? (string[])[] : [Unpinned], .. said];
            }
        }
    }

    internal string SocketPath => workplace.SocketPath;

    internal string Results => workplace.Results;

    internal UserAccount User => workplace.User;

    /// <inheritdoc cref="TakenPrivileges.Take"/>
    internal ImmutableArray<ControlNotice> Take(ActionPrivileges asked) => privileges.Take(asked);

    internal string? LastSeal => recording.LastSeal;

    /// <summary>Why the recording ended early, or null.</summary>
    internal string? RecordingFailure { get; private set; }

    /// <summary>When it returns, the worker and all that is its is judged.</summary>
    /// <remarks><c>identified</c> is told what GitHub calls the job whenever more of it is known, by the thread that drains: it is not to wait.</remarks>
    /// <exception cref="CommandFailure">It cannot be; nothing is left attached.</exception>
    internal static RunnerJob Start(
        CommandContext context, MachineSettings settings, KernelLoading loading, RunnerWorker worker, string origin, JobScope scope,
        RunnerPolicy asked, Action<GitHubDocument> identified)
    {
        var policy = asked.Compile(settings, previous: null);
        var owner = UserAccount.OfProcess(worker.Process.Pid);
        var workplace = RunnerWorkplace.Prepare(worker, owner, origin, Word(policy.Mode), scope, context.Clock);
        KernelSession? session = null;
        try
        {
            var root = settings.CgroupRoot ?? CgroupHierarchy.OfThisMachine()?.MountPoint
                ?? throw new CommandFailure(ExitCode.CannotEnforce, "cgroup v2 is not mounted on this machine");
            session = KernelSession.Start(
                loading,
                new KernelOptions(policy.Mode == PolicyMode.Block, root, workplace.Keeper) { HasRunner = true, Scope = scope },
                policy);
            if (policy.Mode == PolicyMode.Block && !session.Enforcing)
            {
                throw new CommandFailure(
                    ExitCode.CannotEnforce, $"this machine cannot enforce: {string.Join("; ", session.Degraded)}");
            }

            var job = new RunnerJob(context, settings, worker, workplace, session, asked, policy, identified);
            job.Begin(scope);
            return job;
        }
        catch (Exception e)
        {
            session?.Dispose();
            workplace.Dispose();
            throw e is KernelUnavailableException unavailable
                ? new CommandFailure(
                    unavailable.MissingCapability is null ? ExitCode.CannotEnforce : ExitCode.NotPermitted, e.Message)
                : e;
        }
    }

    /// <summary>For whoever takes over when this process is killed.</summary>
    internal void KeepRequest(ReadOnlySpan<byte> request, PolicyAnswer? stored) => workplace.KeepRequest(request, stored);

    /// <summary>Less than was asked for holds from here on; for those who look at the job.</summary>
    internal void Weaken(string why)
    {
        Say(why);
        _ = guest.TryRun(() => workplace.SayInForce(Mode, InForce, Degraded));
    }

    /// <summary>Another policy from here on; it was composed within the floors.</summary>
    internal void Replace(RunnerPolicy next)
    {
        var compiled = next.Compile(settings, policy);
        if (compiled.Mode == PolicyMode.Block && !session.CanEnforce)
        {
            throw new CommandFailure(
                ExitCode.CannotEnforce, $"this machine cannot enforce: {string.Join("; ", session.Degraded)}");
        }

        if (!guest.TryRun(() =>
            {
                session.Gate.Replace(compiled);
                policy = compiled;
                Policy = next;
                steps.Replace(compiled);
                pipeline.Actions = Gate.ActionsOf(compiled);
                workplace.KeepFloors(next.Floors);
                workplace.SayInForce(Mode, InForce, Degraded);
                pipeline.Accept(new PolicyChanged(
                    Mode, InForce, RulesOf(compiled), next.Shown.From) { BootTimeNs = BootClock.NowNs() });
            }))
        {
            throw new CommandFailure(ExitCode.SallyportFailed, "the job does not answer");
        }
    }

    /// <summary>Breaking the glass: audit from here on, and everything says so.</summary>
    internal void Override(JobOverride said)
    {
        var isDone = guest.TryRun(() => workplace.SayOverride(said)); // before it holds: who is killed between is succeeded by audit
        Replace(Policy.Overridden(said));
        if (!isDone || !guest.TryRun(() => TellOverride(said)))
        {
            throw new CommandFailure(ExitCode.SallyportFailed, "the job does not answer");
        }
    }

    /// <summary>An override has ended before the job: what held without it holds again.</summary>
    internal void EndOverride(RunnerPolicy next)
    {
        Replace(next);
        if (!guest.TryRun(() =>
            {
                workplace.SayOverrideEnded();
                recording.SealNow();
            }))
        {
            throw new CommandFailure(ExitCode.SallyportFailed, "the job does not answer");
        }
    }

    /// <summary>On disk at once: if this process is killed next, its report says so, and so does who takes over.</summary>
    private void TellOverride(JobOverride said)
    {
        workplace.SayOverride(said);
        pipeline.Raise(EnforcementOverride.Finding(said.Reason, said.Before, said.By, said.Until, BootClock.NowNs()));
        recording.SealNow();
    }

    /// <inheritdoc cref="JobUpload.Start"/>
    internal void UploadTo(UploadTarget target) => session.Gate.Protect(upload.Start(target, Policy));

    /// <summary>The report so far, written to the folder of results.</summary>
    internal ReportDocument Report()
    {
        ReportDocument? report = null;
        if (!guest.TryRun(() => report = pipeline.Snapshot()) || report is null)
        {
            throw new CommandFailure(ExitCode.SallyportFailed, "the job does not answer");
        }

        Write(report);
        return report;
    }

    /// <summary>Whether a process descends from one that the worker has started for a step, wherever it is now.</summary>
    internal bool IsOfStep(int pid)
    {
        var isOfStep = false;
        _ = guest.TryRun(() => isOfStep = session.Gate.ExecutionOf(pid) != 0);
        return isOfStep;
    }

    /// <summary>Action of the step that a process belongs to, when that is certain; null otherwise.</summary>
    internal string? ActionOf(int pid)
    {
        string? action = null;
        _ = guest.TryRun(() => action = steps.ConfirmedActionOf(session.Gate.ExecutionOf(pid)));
        return action;
    }

    /// <summary>Comes back when the worker has ended and everything is written.</summary>
    internal void Finish()
    {
        using (var handle = ProcessHandle.TryOpen(worker.Process))
        {
            handle?.WaitForEnd();
        }

        if (service.IsGoneAtEnd())
        {
            _ = guest.TryRun(service.Tell);
        }

        var failure = loop!.Finish();
        if (failure is not null)
        {
            context.Error.WriteLine($"sallyport failed, which is a bug; verdicts went on without observation: {failure}");
            pipeline.Accept(new EventsLost(DrainLoop.LossReason, 1) { BootTimeNs = BootClock.NowNs() });
        }

        var report = pipeline.End(new RecordingEnded(context.Clock.GetUtcNow(), null, null) { BootTimeNs = BootClock.NowNs() });
        recording.Dispose();
        Write(report);
        upload.End(recording.Segments);
    }

    public void Dispose()
    {
        loop?.Dispose();
        upload.Dispose();
        steps.Dispose();
        recording.Dispose();
        session.Dispose();
        workplace.Dispose();
    }

    private void Begin(JobScope scope)
    {
        var containers = new ContainerAdoption(session, worker, (byte)policy.UnknownStepIndex);
        containers.Run(scope, Say);
        foreach (var agent in workplace.Agents())
        {
            session.Gate.Protect(agent);
        }

        if (scope == JobScope.Machine)
        {
            new MachineExemption(session.Gate, worker, containers.Processes, workplace.Agents()).Run();
        }

        var adoption = new RunnerAdoption(
            session.Gate, worker, (byte)policy.RunnerIndex, (byte)policy.UnknownStepIndex);
        adoption.Run();
        // Before the recording begins, so that it says what is weaker here.
        privileges.LeadsSockets = session.TryLeadSockets(workplace.LedFolder, worker.Process.Pid, session.Gate.Judge, Say);
        if (containers.Processes.Count > 0)
        {
            session.Gate.EarlierContainers.UseRuntime();
        }

        foreach (var missing in new[] { Policy.Denied.Degraded, Policy.Floors.Degraded }.OfType<string>())
        {
            Say(missing);
        }

        workplace.KeepDenyList(Policy.Denied);
        workplace.KeepFloors(Policy.Floors);
        if (Policy.WatchesFiles)
        {
            var began = context.Clock.GetUtcNow() - TimeSpan.FromSeconds(RunnerFacts.SecondsSince(worker.Process) + 1);
            session.WatchFiles(FileWatchOptions.Of(
                Policy.Document, [worker.Root, RunnerSettings.WorkFolderOf(worker.Root)], workplace.User.Home) with { WorkSince = began });
        }

        pipeline.Accept(Started());
        var before = JobAgents.Predecessor(worker);
        if (before is not null)
        {
            // It was killed: its verdicts are held on by its guardian, and what happened meanwhile nobody saw.
            pipeline.Accept(new EventsLost(ObservationGap, 1) { BootTimeNs = BootClock.NowNs() });
            pipeline.Raise(ObservationPause.Killed(Path.Combine(before.Output, "report.json"), BootClock.NowNs()));
            if (Policy.Override is { } said)
            {
                TellOverride(said);
            }
        }

        foreach (var (execution, pid) in containers.Begun)
        {
            // The client has ended; the log alone says of which step it was.
            steps.Opened(execution, process: 0, pid, BootClock.NowNs());
            steps.Began(execution, environment: [], isWhole: true, isHeld: false, BootClock.NowNs());
        }

        foreach (var (execution, environment, isLeft) in adoption.Begun)
        {
            if (isLeft)
            {
                steps.Left(execution);
            }

            steps.Began(execution, environment, isWhole: true, isHeld: false, BootClock.NowNs());
        }

        TellCoverage(before?.Coverage, adoption.Begun.Count > 0 || containers.Begun.Count > 0);
        recording.SealNow();
        loop = new DrainLoop(session, pipeline, recording, status: null, guest.Fail, guest);
        workplace.SayInForce(Mode, InForce, Degraded);
    }

    /// <summary>Whatever the job did until now is in no table of its report, so the recording says that there was something.</summary>
    private void TellCoverage(StartedCoverage? before, bool hasBegun)
    {
        var begun = steps.CatchUp(BootClock.NowNs());
        // Stopped and without a log: it was held before its first instruction.
        Coverage = before
            ?? (!hasBegun && begun is null && worker.Process.IsStopped ? new StartedCoverage(FromStart: true, 0, [])
                : StartedAfter(begun, workplace.IsAskedFor ? 1 : 0, hasBegun));
        workplace.SayCoverage(Coverage);
        pipeline.Accept(new ProtectionBegan(Coverage.FromStart, Coverage.UncoveredSeconds, Coverage.StepsBefore) { BootTimeNs = BootClock.NowNs() });
    }

    /// <param name="begun">Steps that the log has, or null without a log.</param>
    /// <param name="asking">Of those the last, which has asked for protection: 1, or 0 when nobody has.</param>
    /// <param name="hasBegun">The worker has started something.</param>
    private StartedCoverage StartedAfter(ImmutableArray<string>? begun, int asking, bool hasBegun)
    {
        ImmutableArray<string> steps = begun is { } known ? [.. known.SkipLast(asking)] : [];
        return new StartedCoverage(
            begun is not null && steps.IsEmpty && (asking > 0 || !hasBegun), RunnerFacts.SecondsSince(worker.Process), steps);
    }

    /// <summary>What is weaker from here on. By any thread.</summary>
    private void Say(string text)
    {
        lock (said)
        {
            if (said.Count < MostSaid)
            {
                said.Add(text);
            }
        }
    }

    private void Write(ReportDocument report)
    {
        var folder = new OutputFolder(Results, UserAccount.OfThisProcess());
        foreach (var problem in RunOutputs.Write(folder, report, PolicyText.Markdown(Policy.Shown)))
        {
            context.Error.WriteLine($"sallyport: {problem}");
        }

        if (!RecordingHandover.TryCopy(workplace.Spool, Results, UserAccount.OfThisProcess(), out var reason))
        {
            context.Error.WriteLine($"sallyport: the recording could not be handed over: {reason}");
        }
    }

    private RecordingStarted Started()
    {
        var machine = Machine.This();
        return new RecordingStarted(
            Version.Text, context.Clock.GetUtcNow(), machine.KernelRelease, machine.Architecture, Mode, InForce, Degraded,
            ["Runner.Worker"], worker.Root, workplace.User.Name, RulesOf(policy), Policy.Shown.From,
            session.FilesSeen)
        {
            BootTimeNs = BootClock.NowNs(),
        };
    }

    private static ImmutableArray<RecordedRule> RulesOf(CompiledPolicy policy) =>
        [.. policy.Rules.Select(rule => new RecordedRule(rule.Number, rule.Text, rule.Origin))];

    private static string Word(PolicyMode mode) => mode == PolicyMode.Block ? "block" : "audit";
}
