using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;
using Sallyport.Baseline;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Control;

/// <summary>
/// One `sallyport run`, from the checks (nothing is started while one of them can still fail) to the exit code.
/// </summary>
internal sealed class JobRun(CommandContext context, RunOptions options)
{
    internal int Run()
    {
        var document = PolicyLoading.Read(options.PolicyFile, options.Allow, options.AllowedEndpoints, options.Mode);
        PolicyLoading.RequireProxyRules(document, context.Environment.ProxyVariables);
        var policy = PolicyLoading.Compile(document, Resolvers.OfThisMachine().SearchDomains);
        var baseline = options.Baseline is { } file ? ReportFile.Read(file) : null;
        RequirePermission();
        if (!context.IsSupervisor)
        {
            SupervisorImage.Become(context.Caller);
        }

        var code = RunJob(document, policy, baseline, out var interrupted);
        if (interrupted)
        {
            Supervision.DieOfInterrupt();
        }

        return code;
    }

    private int RunJob(PolicyDocument document, CompiledPolicy policy, ReportDocument? baseline, out bool interrupted)
    {
        using var loading = KernelLoading.Begin(options.Tables, Guard.IsWanted(hasRunner: false, Gate.ActionsOf(policy)));
        var job = JobFacts.Gather(context);
        var output = new OutputFolder(options.Output, job.User);
        output.Prepare(job.Id);
        using var workplace = JobWorkplace.Prepare(context, options, job, policy.Mode);
        using var session = Start(loading, document, policy, workplace);
        workplace.SayInForce(session.InForce(policy.Mode));
        var code = Supervise(session, workplace, output, policy, baseline);
        interrupted = workplace.ShouldDieOfInterrupt && code == ExitCode.SignalBase + Native.SIGINT;
        return code;
    }

    private static void RequirePermission()
    {
        var effective = ProcessStatus.OfThisProcess().EffectiveCapabilities;
        var missing = KernelCapability.Needed.Where(needed => !needed.IsIn(effective)).Select(needed => needed.Name).ToList();
        if (Interop.Libc.geteuid() != 0 || missing.Count > 0)
        {
            var lack = missing.Count > 0 ? $" ({string.Join(", ", missing)})" : string.Empty;
            throw new CommandFailure(
                ExitCode.NotPermitted,
                $"'run' needs root{lack}: call it with sudo, the command runs as you all the same; 'sallyport doctor' says more");
        }
    }

    /// <summary>When it returns, whatever the waiting process becomes is judged.</summary>
    private KernelSession Start(
        KernelLoading loading, PolicyDocument document, CompiledPolicy policy, JobWorkplace workplace)
    {
        var block = policy.Mode == PolicyMode.Block;
        var caches = ResolverCaches.Begin(flush: block);
        KernelSession? session = null;
        try
        {
            session = KernelSession.Start(
                loading, new KernelOptions(block, workplace.CgroupRoot, workplace.Keeper) { Mark = workplace.Mark }, policy);
            if (block && !session.Enforcing)
            {
                throw new KernelUnavailableException($"this machine cannot enforce: {string.Join("; ", session.Degraded)}");
            }

            if (options.WatchFiles)
            {
                session.WatchFiles(FileWatchOptions.Of(
                    document, [workplace.Job.WorkingDirectory], workplace.Job.User.Home));
            }

            Adopt(session, workplace);
            Say(caches.Finish());
            return session;
        }
        catch (KernelUnavailableException e)
        {
            session?.Dispose();
            throw new CommandFailure(
                e.MissingCapability is null ? ExitCode.CannotEnforce : ExitCode.NotPermitted, $"{e.Message}; nothing was started");
        }
    }

    private void Say(ImmutableArray<string> notes)
    {
        foreach (var note in options.Quiet ? [] : notes)
        {
            context.Error.WriteLine($"sallyport: {note}");
        }
    }

    private void Adopt(KernelSession session, JobWorkplace workplace)
    {
        foreach (var agent in workplace.Agents)
        {
            session.Gate.Protect(agent);
        }

        if (workplace.Cgroup is { } cgroup)
        {
            session.AdoptCgroup(cgroup.Folder);
        }

        session.AdoptRoot(workplace.Process.Pid);
        if (workplace.Overlay is { } overlay)
        {
            _ = workplace.Process.WaitForOverlays();
            session.PassSockets(overlay, workplace.Process.Pid, session.Judge, Say);
        }

        foreach (var socket in InheritedSockets.Of(context.Caller))
        {
            session.AdoptSocket(socket);
        }
    }

    /// <summary>Also called by threads of the session.</summary>
    private void Say(string what) => context.Error.WriteLine($"sallyport: {what}");

    private int Supervise(
        KernelSession session, JobWorkplace workplace, OutputFolder output, CompiledPolicy policy, ReportDocument? baseline)
    {
        var process = workplace.Process;
        using var recording = new RecordingSink(
            workplace.Spool, reason => context.Error.WriteLine($"sallyport: the recording ends here, verdicts go on: {reason}"));
        var live = new LiveCounts();
        var pipeline = new AgentPipeline(new JobCorrelator(), recording, new ReportBuilder(), live)
        {
            Actions = Gate.ActionsOf(policy),
        };
        pipeline.Accept(Started(session, workplace.Job, policy));
        recording.SealNow();
        using var upload = options.Server is { } server
            ? UploadProcess.TryStart(workplace.Spool, server, ofRunner: false, policyVersion: null, context.Caller.Descriptors, Say)
            : null;
        if (upload is not null)
        {
            session.Gate.Protect(upload.Pid);
        }

        var status = !options.Quiet && context.Error.IsTerminal && context.Environment.TerminalKind is not (null or "dumb")
            ? new StatusLine(context.Error, live)
            : null;
        Exception? failure;
        WaitStatus ended;
        LaunchResult launched;
        using (var loop = new DrainLoop(
            session, pipeline, recording, status, () => workplace.OnDrainFailure(policy.Mode == PolicyMode.Block)))
        {
            using var supervision = new Supervision(workplace.IsOfJob);
            launched = process.Release();
            ended = supervision.WaitFor(process.Pid);
            failure = loop.Finish();
            workplace.ShouldDieOfInterrupt = supervision.ShouldDieOfInterrupt(ended);
        }

        if (failure is not null)
        {
            pipeline.Accept(new EventsLost(DrainLoop.LossReason, 1) { BootTimeNs = BootClock.NowNs() });
        }

        var report = pipeline.End(new RecordingEnded(
            context.Clock.GetUtcNow(), launched.Failure is null ? ended.ExitCode : ended.ForShell, ended.Signal)
        {
            BootTimeNs = BootClock.NowNs(),
        });
        if (baseline is not null)
        {
            report = NewDestinations.Mark(report, baseline);
        }

        var left = LeftRunning.Find(workplace.Cgroup, report.Containers);
        var outcome = new RunOutcome(report, launched, ended, left, failure, recording, policy, upload);
        return new RunEnd(context, options, output, workplace).Finish(outcome);
    }

    private RecordingStarted Started(KernelSession session, JobFacts job, CompiledPolicy policy) => new(
        Version.Text,
        context.Clock.GetUtcNow(),
        job.Machine.KernelRelease,
        job.Machine.Architecture,
        PolicyModeWord.Of(policy.Mode),
        session.InForce(policy.Mode),
        session.Degraded,
        SecretMasking.MaskArguments(options.Command),
        job.WorkingDirectory,
        job.User.Name,
        RecordedRules.Of(policy),
        options.PolicyFile ?? (options.Allow.IsEmpty ? null : "--allow"),
        session.FilesSeen)
    {
        BootTimeNs = BootClock.NowNs(),
    };
}
