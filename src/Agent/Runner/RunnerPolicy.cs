using System.Collections.Immutable;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Groups;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner;

/// <summary>The policy of a runner's job: the machine's, then the workflow's, within the floors of machine and server.</summary>
/// <param name="Document">What holds.</param>
/// <param name="Shown">From where, why this mode, what is implicit, as it is shown.</param>
/// <param name="FailOn">What fails the job at its end.</param>
/// <param name="Outside">What of it the floors do not allow: to be said.</param>
internal sealed record RunnerPolicy(
    PolicyDocument Document, StartedPolicy Shown, FailOn FailOn, ImmutableArray<ControlNotice> Outside)
{
    private const string Implicit = "implicit";
    private const string None = "none";

    /// <summary>Changes of files are looked at.</summary>
    internal bool WatchesFiles { get; init; } = true;

    /// <summary>Inputs that ask for less than the machine's owner has set up for every job: to be said.</summary>
    internal ImmutableArray<ControlNotice> Unheeded { get; private init; } = [];

    /// <summary>The deny list of the machine's owner; part of <see cref="Document"/>.</summary>
    internal JobDenyList Denied { get; init; } = JobDenyList.None;

    /// <summary>Floors of the server; <see cref="Document"/> is within them.</summary>
    internal JobFloors Floors { get; init; } = JobFloors.None;

    private const string Group = "github-actions";

    /// <summary>What the runner itself needs, and the job's own end with it.</summary>
    internal static ImmutableArray<PolicyRule> RunnerRules(MachineSettings settings)
    {
        _ = EndpointGroups.TryGet(Group, out var group);
        var origin = new RuleOrigin(Implicit, 0, 0, Group);
        return [.. group!.Entries.Select(entry => new PolicyRule(entry.Endpoint, origin)), .. settings.RunnerAllow];
    }

    /// <summary>Of a job that asked for nothing: agent.yml's policy.</summary>
    /// <exception cref="CommandFailure">A file of the machine's owner cannot be read, or has mistakes.</exception>
    internal static RunnerPolicy OfMachine(MachineSettings settings, JobDenyList? denied = null, JobFloors? floors = null)
    {
        var document = Machine(settings) ?? PolicyDocument.Empty;
        var from = settings.Policy ?? settings.Floor ?? None;
        var word = PolicyModeWord.Of(document.EffectiveMode);
        return Compose(
            settings, denied ?? JobDenyList.None, floors ?? JobFloors.None, document,
            new StartedPolicy(from, from == None ? "audit: agent.yml names no policy" : $"{word}: agent.yml says so", [], 0),
            FailOn.Never, isImplicit: true);
    }

    /// <summary>Whether jobs of this machine are in block mode whatever they ask for: such a job is not to run unprotected.</summary>
    internal static bool IsBlockSettled(MachineSettings settings)
    {
        try
        {
            return OfMachine(settings).Document.EffectiveMode == PolicyMode.Block;
        }
        catch (CommandFailure)
        {
            return true; // a policy that cannot be read is an error, not an empty list
        }
    }

    /// <summary>Of a workflow that brought one. A mode that it does not say is the machine's.</summary>
    /// <param name="settings">Of the machine.</param>
    /// <param name="inputs">Of the workflow's step.</param>
    /// <param name="denied">Of the machine's owner.</param>
    /// <param name="floors">Of the server.</param>
    /// <param name="isCovered">The machine's own service watches the job, since before the step.</param>
    internal static RunnerPolicy OfWorkflow(
        MachineSettings settings, ActionInputs inputs, JobDenyList? denied = null, JobFloors? floors = null, bool isCovered = false)
    {
        var machine = Machine(settings);
        var shown = inputs.Shown;
        if (inputs.Policy.Mode is null && machine?.Mode is { } mode)
        {
            shown = shown with
            {
                From = shown.From == None ? settings.Policy! : $"{shown.From}, {settings.Policy}",
                Reason = $"{PolicyModeWord.Of(mode)}: agent.yml says so, and the step nothing",
            };
        }

        var policy = Compose(
            settings,
            denied ?? JobDenyList.None,
            floors ?? JobFloors.None,
            machine is null ? inputs.Policy : Join(machine, inputs.Policy),
            shown,
            inputs.FailOn,
            isImplicit: !inputs.Shown.Implicit.IsEmpty);
        return policy with
        {
            WatchesFiles = inputs.FileMonitoring || isCovered,
            Unheeded = [.. OwnersOwn(settings, inputs, isCovered)],
        };
    }

    /// <summary>What the machine's owner has set up for every job, and no workflow switches off (docs/adr/0039).</summary>
    private static IEnumerable<ControlNotice> OwnersOwn(MachineSettings settings, ActionInputs inputs, bool isCovered)
    {
        if (!inputs.Telemetry && settings.Server is { } server)
        {
            yield return new ControlNotice(
                "warning", "disable-telemetry does not hold here", $"{server.Host}, the server of this machine's owner (agent.yml), gets the recording of every job");
        }

        if (!inputs.FileMonitoring && isCovered)
        {
            yield return new ControlNotice(
                "warning", "disable-file-monitoring does not hold here", "this machine's own service watches changes of files in every job, from its start");
        }
    }

    /// <summary>Why nothing is refused, but for what is under deny; null when enforcement was not overridden.</summary>
    internal JobOverride? Override { get; private init; }

    /// <summary>The same with nothing refused any more, but for what is under deny.</summary>
    internal RunnerPolicy Overridden(JobOverride glass)
    {
        static PolicyBlock Audited(PolicyBlock block) => block with { Mode = block.Mode is null ? null : PolicyMode.Audit };
        return this with
        {
            Document = Document with
            {
                Mode = PolicyMode.Audit,
                Steps = [.. Document.Steps.Select(Audited)],
                Processes = [.. Document.Processes.Select(Audited)],
                Detections = Document.Detections.ToImmutableSortedDictionary(
                    pair => pair.Key, pair => pair.Value == DetectionAction.Block ? DetectionAction.Report : pair.Value, Document.Detections.KeyComparer),
                OnAgentLoss = default,
            },
            Shown = Shown with { Reason = $"audit: {glass.Said}" },
            Override = glass,
        };
    }

    internal CompiledPolicy Compile(MachineSettings settings, CompiledPolicy? previous)
    {
        try
        {
            return PolicyCompiler.Compile(Document, new CompileContext
            {
                SearchDomains = Resolvers.OfThisMachine().SearchDomains,
                Runner = RunnerRules(settings),
                Previous = previous,
            });
        }
        catch (ArgumentException e)
        {
            throw new CommandFailure(ExitCode.Usage, $"the policies of the machine and the workflow{(Denied.Name is { } list ? $", and {list}," : "")} together are too large: {e.Message}");
        }
    }

    private static PolicyDocument? Machine(MachineSettings settings) =>
        settings.Policy is { } file ? MachineSettingsFile.ReadPolicy(file) : null;

    private static RunnerPolicy Compose(
        MachineSettings settings, JobDenyList denied, JobFloors floors, PolicyDocument document, StartedPolicy shown, FailOn failOn, bool isImplicit)
    {
        var outside = ImmutableArray.CreateBuilder<ControlNotice>();
        void Bound(PolicyDocument floor, string name, string source)
        {
            var weaker = document.EffectiveMode;
            document = new PolicyFloor(floor).Apply(document, out var dropped);
            var named = dropped.Where(rule => rule.Origin.Source != Implicit).Select(rule => rule.Endpoint.Text).ToList();
            if (named.Count > 0)
            {
                outside.Add(new ControlNotice("warning", $"Outside {name}", $"not allowed there: {string.Join(", ", named)}"));
            }

            if (document.EffectiveMode != weaker)
            {
                shown = shown with { Reason = $"block: {name} says so ({source})" };
            }
        }

        if (settings.Floor is { } file)
        {
            Bound(MachineSettingsFile.ReadPolicy(file), "the floor of this machine", file);
        }

        foreach (var floor in floors.InForce)
        {
            Bound(floor.Document, floor.Name, "policy store");
        }

        // Behind the floors: without the runner's own hosts no job comes to its end.
        var own = isImplicit ? RunnerRules(settings) : [];
        var known = document.Allow.Select(rule => rule.Endpoint).ToHashSet();
        document = document with
        {
            Allow = [.. document.Allow, .. own.Where(rule => known.Add(rule.Endpoint))],
            Deny = [.. document.Deny, .. denied.Rules],
        };
        string?[] sources = [shown.From == None ? null : shown.From, .. floors.InForce.Select(floor => floor.Name), denied.Name];
        var from = string.Join(", ", sources.OfType<string>()) is { Length: > 0 } named ? named : None;
        return new RunnerPolicy(
            document,
            shown with { From = from, Implicit = [.. own.Select(rule => rule.Endpoint.Text)], Rules = known.Count },
            failOn,
            outside.ToImmutable())
        {
            Denied = denied,
            Floors = floors,
        };
    }

    /// <summary>Both lists; of single values the latter's hold where it has them.</summary>
    internal static PolicyDocument Join(PolicyDocument machine, PolicyDocument workflow) => workflow with
    {
        Mode = workflow.Mode ?? machine.Mode,
        Allow = machine.Allow.AddRange(workflow.Allow),
        Deny = machine.Deny.AddRange(workflow.Deny),
        Inbound = machine.Inbound.AddRange(workflow.Inbound),
        Steps = machine.Steps.AddRange(workflow.Steps),
        Processes = machine.Processes.AddRange(workflow.Processes),
        ProtectedFiles = workflow.ProtectedFiles ?? machine.ProtectedFiles,
        FileTools = [.. machine.FileTools.Union(workflow.FileTools)],
        Detections = machine.Detections.SetItems(workflow.Detections),
        Expected = [.. machine.Expected.Union(workflow.Expected)],
        Questions = [.. machine.Questions.Union(workflow.Questions)],
        Sockets = [.. machine.Sockets.Union(workflow.Sockets)],
        OnAgentLoss = workflow.OnAgentLoss == AgentLoss.Deny ? AgentLoss.Deny : machine.OnAgentLoss,
    };
}
