using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Agent.Service;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Runner;

/// <summary>
/// `sallyport internal job-agent SOCKET`: the process that watches one job of a runner. It takes its order from the service,
/// then answers what the service passes on, and ends with the worker; the service may come and go meanwhile.
/// </summary>
internal sealed class RunnerJobAgent
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CommandContext context;
    private readonly MachineSettings settings;
    private readonly Lock answering = new();
    private readonly JobGlass glass;
    private RunnerJob? job;
    private RunnerJobOrder? order;
    private RunnerWorker? worker;
    private PolicyAnswer? stored;
    private JobState? before;
    private JobDenyList denied = JobDenyList.None;
    private JobFloors floors = JobFloors.None;
    private KnownDestinations known = KnownDestinations.None;
    private ActionInputs? configured;
    private int isPlaced;
    private bool isConfigured;

    private RunnerJobAgent(CommandContext context, MachineSettings settings)
    {
        (this.context, this.settings) = (context, settings);
        glass = new JobGlass(context, settings, answering, () => job, () => Composed(configured));
    }

    internal static int Run(string socket, CommandContext context)
    {
        _ = Interop.Libc.prctl_name(Native.PR_SET_NAME, "sallyport");
        // The service leaves its children to the kernel, and exec passes that on; this one has children to wait for.
        _ = Interop.Libc.signal(Native.SIGCHLD, Native.SIG_DFL);
        using var service = MessageSocket.Of(int.Parse(socket, CultureInfo.InvariantCulture));
        if (service.TryReceive(Patience) is not { } bytes || !RunnerJobOrder.TryParse(bytes, out var order))
        {
            return ExitCode.Usage;
        }

        try
        {
            var agent = new RunnerJobAgent(context, MachineSettingsFile.Read());
            return agent.Serve(order, service);
        }
        catch (CommandFailure failure)
        {
            _ = service.TrySend(JobReplies.Refusal(failure).Write());
            return failure.Code;
        }
    }

    private int Serve(RunnerJobOrder first, MessageSocket service)
    {
        var progress = new StartProgress(service);
        order = first;
        worker = RunnerWorker.TryRecognise(first.Worker.Pid);
        if (worker?.Process != first.Worker)
        {
            throw new CommandFailure(ExitCode.SallyportFailed, "the worker has ended already");
        }

        // The verifier works while servers are asked.
        using var loading = KernelLoading.Begin(default, guards: true);
        before = JobAgents.Predecessor(worker);
        // Of one server, and at once: the job waits for the slower of them.
        progress.Say("asking for lists and policies");
        var patience = new StartPatience(context.Clock);
        Parallel.Invoke(
            () => denied = JobDenyList.Take(settings, before is null ? [] : RunnerWorkplace.ReadDenyList(before.Id), patience),
            () => floors = before is null ? JobFloors.Take(settings, default, patience) : RunnerWorkplace.ReadFloors(before.Id));
        ImmutableArray<ControlNotice> notices = [];
        var privileges = ActionPrivileges.Kept;
        if (!first.Request.IsEmpty)
        {
            if (!TryReadInputs(first.Request.Span, out var inputs, out var refusal))
            {
                _ = service.TrySend(refusal!.Write());
                return ExitCode.Usage;
            }

            configured = WithStored(inputs!, first.Peer.Pid, patience);
            known = KnownDestinations.Take(configured, () => TargetOf(configured), worker, first.Peer.Pid, patience);
            notices = [.. configured.Notices, .. known.Notices];
            privileges = configured.Privileges;
            isConfigured = true;
        }

        glass.Prepare(before?.Override);
        isConfigured |= glass.IsForGood;
        var policy = InForce();

        if (AgentCgroup.Enter(settings) is { } reason)
        {
            context.Error.WriteLine($"sallyport: {reason}");
        }

        var scope = ScopeOf(worker, first);
        lock (answering) // a step may show which job this is before there is one here
        {
            job = RunnerJob.Start(context, settings, loading, worker, first.Origin, scope, policy, before, Identified, progress);
        }

        using (job)
        {
            job.KeepRequest(first.Request.Span, stored);
            job.Known = known;
            progress.Say("taking privileges from the job");
            notices = [.. denied.Notices, .. floors.Notices, .. notices, .. job.Take(privileges), .. Upload(configured)];
            using var listener = MessageListener.Listen(
                job.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite, (_, message) => Answer(message), static peer => peer.Pid);
            _ = service.TrySend(Started([.. notices, .. policy.Outside, .. policy.Unheeded]).Write());
            glass.Start();
            job.Finish(glass.Stop);
        }

        return ExitCode.Success;
    }

    /// <summary>As before for a job that is taken over; as the machine's owner says; else by what the runner says of the machine.</summary>
    private JobScope ScopeOf(RunnerWorker worker, RunnerJobOrder asked) => asked.Scope switch
    {
        RunnerWorkplace.MachineScope => JobScope.Machine,
        RunnerWorkplace.JobsScope => JobScope.Job,
        _ => settings.Scope ?? (RunnerFacts.IsHosted(worker, asked.Peer.Pid) ? JobScope.Machine : JobScope.Job),
    };

    private byte[] Answer(byte[] message)
    {
        if (!RunnerJobOrder.TryParse(message, out var asked))
        {
            return new ControlErrorReply(ControlErrorCode.Unsupported, "The order cannot be read.", []).Write();
        }

        // Never behind a request that waits for a server: who is not answered would be taken for nobody's.
        if (asked.Origin == RunnerJobOrder.Whose)
        {
            return new JobStatusReply([], job!.IsOfStep(asked.Peer.Pid) ? job.Id : null, 0).Write();
        }

        lock (answering)
        {
            if (!ControlRequest.TryRead(asked.Request.Span, out var request, out _))
            {
                return new ControlErrorReply(ControlErrorCode.Unsupported, "The request cannot be read.", []).Write();
            }

            try
            {
                return (request switch
                {
                    JobStartRequest => Configure(asked),
                    JobReportRequest => (ControlReply)JobReplies.Report(job!),
                    JobOverrideRequest asking => Override(asking.Reason),
                    _ => new ControlErrorReply(ControlErrorCode.Unsupported, "This is not for a job.", []),
                }).Write();
            }
            catch (CommandFailure failure)
            {
                return JobReplies.Refusal(failure).Write();
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                return new ControlErrorReply(ControlErrorCode.Failed, Printable.Line(e.Message), []).Write();
            }
        }
    }

    /// <summary>
    /// A workflow's policy for a job that is watched already: once, and only from the step of an action that the
    /// machine's owner trusts with it. Whatever it says stays within the floor. A later step cannot ask again.
    /// </summary>
    private ControlReply Configure(RunnerJobOrder asked)
    {
        if (isConfigured)
        {
            return Again(asked.Request.Span);
        }

        if (job!.ActionOf(asked.Peer.Pid) is not { } action || !IsTrusted(action))
        {
            return new ControlErrorReply(
                ControlErrorCode.NotPermitted,
                "This job has the policy of the machine. A workflow's own is taken from the step of an action that agent.yml names "
                + $"(policyActions: {string.Join(", ", settings.PolicyActions)}), and from no other; this is a step of "
                + $"{job!.ActionOf(asked.Peer.Pid) ?? "no action that is certain"}.",
                []);
        }

        if (!TryReadInputs(asked.Request.Span, out var inputs, out var refusal))
        {
            return refusal!;
        }

        var patience = new StartPatience(context.Clock);
        inputs = WithStored(inputs!, asked.Peer.Pid, patience);
        job.Replace(glass.Over(Composed(inputs)));
        job.KeepRequest(asked.Request.Span, stored); // at once: who takes over has it from here
        configured = inputs;
        isConfigured = true;
        job.Known = known = KnownDestinations.Take(inputs, () => TargetOf(inputs), worker!, asked.Peer.Pid, patience);
        return Started([
            .. denied.Notices, .. floors.Notices, .. inputs.Notices, .. known.Notices, .. job.Policy.Outside, .. job.Policy.Unheeded, .. job.Take(inputs.Privileges), .. Upload(inputs),
        ]);
    }

    /// <summary>
    /// Main of a step whose inputs are taken comes again, and any number of steps may; what another one asks for is not in force, which
    /// is a mistake where it is to block.
    /// </summary>
    private ControlReply Again(ReadOnlySpan<byte> request)
    {
        if (!TryReadInputs(request, out var inputs, out var refusal))
        {
            return refusal!;
        }

        // Of a job without inputs root has overridden enforcement, and the mode says so.
        if (configured is null || job!.Asked == InputsMark.Of(request))
        {
            return Started([]);
        }

        const string Why = "This job has the inputs of an earlier step, and takes those of one step: what this step asks for is not in force.";
        return inputs!.Mode == PolicyMode.Block
            ? new ControlErrorReply(ControlErrorCode.Failed, Why, [])
            : Started([new ControlNotice("warning", "These inputs are not in force", Why)]);
    }

    private RunnerPolicy InForce() => glass.Over(Composed(configured));

    /// <summary>Within the floors of the store that the job itself has asked, or else of the machine's.</summary>
    private RunnerPolicy Composed(ActionInputs? inputs)
    {
        var above = inputs is not null && stored is not null ? JobFloors.Of(stored.Floors) : floors;
        return inputs is null ? RunnerPolicy.OfMachine(settings, denied, above) : RunnerPolicy.OfWorkflow(settings, inputs, denied, above, order!.IsCovered);
    }

    /// <summary>By the thread that drains: what the store has for this very job is asked by another.</summary>
    private void Identified(GitHubDocument github)
    {
        glass.Learn(github);
        if (settings.Server is not null && github is { Repository: not null, Workflow: not null, Job: not null }
            && Interlocked.Exchange(ref isPlaced, 1) == 0)
        {
            var place = new JobPlace(github.Repository, github.Workflow, github.Job);
            try
            {
                new Thread(() => Narrow(place)) { IsBackground = true, Name = "floors" }.Start();
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                job?.Weaken(NotAsked(e));
            }
        }
    }

    /// <summary>Floors of the repository, the workflow and the job too, from here on. That the server does not say takes none away.</summary>
    private void Narrow(JobPlace place)
    {
        JobFloors narrower;
        try
        {
            narrower = JobFloors.Take(settings, place, new StartPatience(context.Clock));
        }
        catch (Exception e) when (e is CommandFailure || Shortage.Is(e))
        {
            job?.Weaken(NotAsked(e));
            return;
        }

        lock (answering)
        {
            try
            {
                if (narrower.Degraded is { } missing)
                {
                    job?.Weaken(missing);
                }

                // A store's policy that could not be put in force is none: only with the step's inputs do its floors hold.
                if (job is null || glass.IsForGood || (configured is not null && stored is not null) || narrower.Stored.IsEmpty || narrower.IsSame(floors))
                {
                    return;
                }

                floors = narrower;
                job.Replace(InForce());
            }
            catch (Exception e) when (e is CommandFailure || Shortage.Is(e))
            {
                job?.Weaken($"{narrower.Names} cannot be put in force: {e.Message}");
                context.Error.WriteLine($"sallyport: {narrower.Names} cannot be put in force: {e.Message}");
            }
        }
    }

    private static string NotAsked(Exception why) =>
        $"the floors of the repository, the workflow and the job could not be asked for: {why.Message}";

    /// <summary>The service has seen who asks. Whatever a step asks for later, its policy does not come back.</summary>
    private JobStatusReply Override(string reason)
    {
        glass.Break(reason);
        isConfigured = true;
        return new JobStatusReply([], job!.Id, 0);
    }

    /// <summary>With the policy of the store, where it is asked for. Who takes over takes the answer that the one before had.</summary>
    private ActionInputs WithStored(ActionInputs inputs, int asker, StartPatience patience)
    {
        if (!StoredPolicies.AreAsked(inputs))
        {
            return inputs;
        }

        ImmutableArray<ControlNotice> notices = [];
        stored = before is null ? null : RunnerWorkplace.ReadPolicy(before.Id);
        stored ??= StoredPolicies.Ask(inputs, TargetOf(inputs), worker!, asker, patience, out notices);
        return StoredPolicies.Apply(inputs with { Notices = [.. inputs.Notices, .. notices] }, stored);
    }

    /// <summary>The machine's own server, or else the workflow's, as far as the machine's floor allows to call it.</summary>
    private UploadTarget? TargetOf(ActionInputs? inputs)
    {
        if (Credentials.OfMachine(settings) is { } machine)
        {
            return machine;
        }

        return inputs is { ServerUrl: { } url, ApiKey: { } key }
            ? ServerWithinFloor.Allows(settings, url)
                ? new UploadTarget(url, key)
                : throw new CommandFailure(ExitCode.Usage, $"the floor of this machine does not allow {url.Host}:{url.Port}")
            : null;
    }

    /// <summary>That the recording cannot be sent hinders no job, and is said. To the machine's own server it is sent whatever a step says.</summary>
    private ImmutableArray<ControlNotice> Upload(ActionInputs? inputs)
    {
        try
        {
            if ((inputs is not { Telemetry: false } || settings.Server is not null) && TargetOf(inputs) is { } target)
            {
                job!.UploadTo(target);
            }
            else if (inputs is { Telemetry: true, ServerUrl: not null })
            {
                return [new ControlNotice(
                    "warning", "Nothing is uploaded", "server-url is given without api-key, and the job has no token for it: "
                    + "give `permissions: id-token: write` to the job, or api-key to the step.")];
            }

            return [];
        }
        catch (Exception e) when (e is CommandFailure or IOException)
        {
            return [new ControlNotice("warning", "Nothing is uploaded", e.Message)];
        }
    }

    private bool IsTrusted(string action) => settings.PolicyActions.Any(trusted =>
        action.StartsWith(trusted + "@", StringComparison.OrdinalIgnoreCase));

    private bool TryReadInputs(ReadOnlySpan<byte> request, out ActionInputs? inputs, out ControlErrorReply? refusal)
    {
        inputs = null;
        if (!ControlRequest.TryRead(request, out var read, out var mistake) || read is not JobStartRequest start)
        {
            refusal = new ControlErrorReply(ControlErrorCode.Unsupported, $"{mistake ?? "not a start"}.", []);
            return false;
        }

        var reading = ActionInputsReader.Read(start, hasServer: settings.Server is not null);
        if (reading.Inputs is null)
        {
            refusal = reading.ToRefusal();
            return false;
        }

        inputs = reading.Inputs;
        refusal = null;
        return true;
    }

    private JobStartedReply Started(ImmutableArray<ControlNotice> notices) => JobReplies.Started(job!, order!.Origin, notices);
}
