using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Agent.Service;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
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

    private readonly CommandContext context;
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
    private readonly JobResults results;
    private readonly JobPolicy policy;
    private readonly ContainerHooks? hooks;
    private DrainLoop? loop;

    private RunnerJob(
        CommandContext context, MachineSettings settings, RunnerWorker worker, RunnerWorkplace workplace,
        KernelSession session, JobPolicy policy, Action<GitHubDocument> identified)
    {
        this.context = context;
        this.worker = worker;
        this.workplace = workplace;
        this.session = session;
        this.policy = policy;
        hooks = ContainerHooks.Of(worker);
        recording = new RecordingSink(workplace.Spool, reason => RecordingFailure = reason);
        var relay = new EventRelay();
        steps = new StepWatch(session.Gate, policy.Compiled, worker, relay);
        service = new ServiceWatch(relay);
        privileges = new TakenPrivileges(session, workplace, settings);
        upload = new JobUpload(context, workplace);
        results = new JobResults(context, workplace);
        guest = new RunnerGuest(steps, service);
        pipeline = new AgentPipeline(new JobCorrelator(steps), recording, new ReportBuilder(), new LiveCounts());
        pipeline.Actions = policy.Actions;
        relay.Target = new IdentityWatch(pipeline, github =>
        {
            workplace.SayIdentity(github.Repository, github.RunId);
            identified(github);
        });
    }

    internal string Id => workplace.Id;

    /// <summary>In force.</summary>
    internal RunnerPolicy Policy => policy.Asked;

    /// <summary>What it is compared with.</summary>
    internal KnownDestinations Known { get; set; } = KnownDestinations.None;

    /// <summary>Since when the job is protected; of one that is taken over, by the agent before.</summary>
    internal StartedCoverage Coverage { get; private set; } = new(FromStart: false, 0, []);

    /// <summary>What findings do.</summary>
    internal DetectionActions Actions => policy.Actions;

    internal string Mode => policy.Mode;

    internal string InForce => policy.InForce;

    internal ImmutableArray<string> Degraded => policy.Degraded;

    internal string SocketPath => workplace.SocketPath;

    internal string Results => workplace.Results;

    internal UserAccount User => workplace.User;

    /// <inheritdoc cref="TakenPrivileges.Take"/>
    internal ImmutableArray<ControlNotice> Take(ActionPrivileges asked) => privileges.Take(asked);

    internal string? LastSeal => recording.LastSeal;

    /// <summary>Why the recording ended early, or null.</summary>
    internal string? RecordingFailure { get; private set; }

    /// <summary>When it returns, the worker and all that is its is judged.</summary>
    /// <remarks>
    /// <c>before</c> is what the agent before this one has left, null for none: read once, since it is gone as soon as the worker is.
    /// <c>identified</c> is told what GitHub calls the job whenever more of it is known, by the thread that drains: it is not to wait.
    /// </remarks>
    /// <exception cref="CommandFailure">It cannot be; nothing is left attached.</exception>
    internal static RunnerJob Start(
        CommandContext context, MachineSettings settings, KernelLoading loading, RunnerWorker worker, string origin, JobScope scope,
        RunnerPolicy asked, JobState? before, Action<GitHubDocument> identified, StartProgress progress)
    {
        progress.Say("preparing its files and its guardian");
        var compiled = asked.Compile(settings, previous: null);
        RefuseElsewhere(ContainerHooks.Of(worker), compiled.Mode);
        var owner = UserAccount.OfProcess(worker.Process.Pid);
        var workplace = RunnerWorkplace.Prepare(worker, owner, origin, PolicyModeWord.Of(compiled.Mode), scope, context.Clock);
        KernelSession? session = null;
        try
        {
            var root = settings.CgroupRoot ?? CgroupHierarchy.OfThisMachine()?.MountPoint
                ?? throw new CommandFailure(ExitCode.CannotEnforce, "cgroup v2 is not mounted on this machine");
            progress.Say("attaching the kernel's programs");
            session = KernelSession.Start(
                loading,
                new KernelOptions(compiled.Mode == PolicyMode.Block, root, workplace.Keeper)
                {
                    HasRunner = true,
                    IsLimited = settings.CgroupRoot is not null,
                    Scope = scope,
                    Mark = workplace.Mark,
                },
                compiled);
            if (compiled.Mode == PolicyMode.Block && !session.Enforcing)
            {
                throw new CommandFailure(
                    ExitCode.CannotEnforce, $"this machine cannot enforce: {string.Join("; ", session.Degraded)}");
            }

            var job = new RunnerJob(
                context, settings, worker, workplace, session, new JobPolicy(settings, session, workplace, asked, compiled), identified);
            job.Begin(scope, settings.CgroupRoot, before, progress);
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

    /// <inheritdoc cref="JobState.Asked"/>
    internal string? Asked => workplace.Asked;

    /// <summary>Less than was asked for holds from here on; for those who look at the job.</summary>
    internal void Weaken(string why)
    {
        policy.Weaknesses.Say(why);
        _ = guest.TryRun(policy.TrySay);
    }

    /// <inheritdoc cref="JobPolicy.Replace"/>
    internal void Replace(RunnerPolicy next)
    {
        RefuseElsewhere(hooks, next.Document.EffectiveMode);
        policy.Replace(next, guest, steps, pipeline);
    }

    /// <inheritdoc cref="JobPolicy.Override"/>
    internal void Override(JobOverride said) => policy.Override(said, guest, steps, pipeline, recording);

    /// <inheritdoc cref="JobPolicy.EndOverride"/>
    internal void EndOverride(RunnerPolicy next) => policy.EndOverride(next, guest, steps, pipeline, recording);

    /// <inheritdoc cref="JobUpload.Start"/>
    internal void UploadTo(UploadTarget target) => session.Gate.Protect(upload.Start(target, Policy));

    /// <summary>The report so far, written to the folder of results.</summary>
    internal ReportDocument Report()
    {
        ReportDocument? report = null;
        if (!guest.TryRun(() => report = pipeline.Snapshot()) || report is null)
        {
            throw JobPolicy.NoAnswer();
        }

        report = Known.Mark(report);
        results.Write(report, Policy);
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
    /// <param name="ended">The worker has; nothing changes the policy any more.</param>
    internal void Finish(Action ended)
    {
        using (var handle = ProcessHandle.TryOpen(worker.Process))
        {
            handle?.WaitForEnd();
        }

        ended();

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
        results.Write(Known.Mark(report), Policy);
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

    private void Begin(JobScope scope, string? limit, JobState? before, StartProgress progress)
    {
        progress.Say("taking over the processes and containers that run already");
        foreach (var agent in workplace.Agents())
        {
            session.Gate.Protect(agent);
        }

        var adoption = new JobAdoption(session, worker, workplace, policy.Compiled, limit, policy.Weaknesses.Say);
        adoption.Run(scope);
        progress.Say("putting itself before the sockets of container runtimes");
        // Before the recording begins, so that it says what is weaker here.
        privileges.LeadsSockets = session.TryLeadSockets(workplace.LedFolder, worker.Process.Pid, session.Gate.Judge, policy.Weaknesses.Say);
        if (adoption.HasContainers)
        {
            session.Gate.EarlierContainers.UseRuntime();
        }

        foreach (var missing in new[] { Policy.Denied.Degraded, Policy.Floors.Degraded }.OfType<string>())
        {
            policy.Weaknesses.Say(missing);
        }

        if (hooks is not null)
        {
            policy.Weaknesses.Say(hooks.Said);
        }

        workplace.KeepDenyList(Policy.Denied);
        workplace.KeepFloors(Policy.Floors);
        if (Policy.WatchesFiles)
        {
            progress.Say("beginning to watch files");
            var began = context.Clock.GetUtcNow() - TimeSpan.FromSeconds(RunnerFacts.SecondsSince(worker.Process) + 1);
            var work = RunnerSettings.WorkFolderOf(worker.Root);
            session.WatchFiles(FileWatchOptions.Of(Policy.Document, [worker.Root, work], workplace.User.Home) with
            {
                WorkSince = began,
                RunnerWork = work,
            });
        }

        progress.Say("reading which steps came before");
        pipeline.Accept(Started());
        if (before is not null)
        {
            // It was killed: its verdicts are held on by its guardian, and what happened meanwhile nobody saw.
            pipeline.Accept(new EventsLost(ObservationGap, 1) { BootTimeNs = BootClock.NowNs() });
            pipeline.Raise(ObservationPause.Killed(Path.Combine(before.Output, "report.json"), BootClock.NowNs()));
            if (Policy.Override is { } said)
            {
                policy.Tell(said, pipeline, recording);
            }
        }

        // Whatever the job did until now is in no table of its report, so the recording says that there was something.
        Coverage = adoption.Tell(steps, before?.Coverage);
        workplace.SayCoverage(Coverage);
        pipeline.Accept(new ProtectionBegan(Coverage.FromStart, Coverage.UncoveredSeconds, Coverage.StepsBefore) { BootTimeNs = BootClock.NowNs() });
        recording.SealNow();
        loop = new DrainLoop(session, pipeline, recording, status: null, guest.Fail, guest);
        policy.Say();
    }

    /// <summary>A job of which no step runs here is blocked by nobody here.</summary>
    private static void RefuseElsewhere(ContainerHooks? hooks, PolicyMode mode)
    {
        if (hooks is { AreForEveryJob: true } && mode == PolicyMode.Block)
        {
            throw new CommandFailure(ExitCode.CannotEnforce, hooks.Said);
        }
    }

    private RecordingStarted Started()
    {
        var machine = Machine.This();
        return new RecordingStarted(
            Version.Text, context.Clock.GetUtcNow(), machine.KernelRelease, machine.Architecture, Mode, InForce, Degraded,
            ["Runner.Worker"], worker.Root, workplace.User.Name, RecordedRules.Of(policy.Compiled), Policy.Shown.From,
            session.FilesSeen)
        {
            BootTimeNs = BootClock.NowNs(),
        };
    }
}
