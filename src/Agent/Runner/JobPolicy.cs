using System.Collections.Immutable;
using Sallyport.Agent.Control;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Sinks;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Runner;

/// <summary>The policy of a job that is in force, and what is weaker than it says. It changes on the draining thread alone.</summary>
internal sealed class JobPolicy(
    MachineSettings settings, KernelSession session, RunnerWorkplace workplace, RunnerPolicy first, CompiledPolicy firstCompiled)
{
    private const string Unpinned = "verdicts end when agent and guardian are killed in one go: not all that is attached has a name";

    internal RunnerPolicy Asked { get; private set; } = first;

    internal CompiledPolicy Compiled { get; private set; } = firstCompiled;

    /// <summary>What findings do.</summary>
    internal DetectionActions Actions => Gate.ActionsOf(Compiled);

    internal string Mode => PolicyModeWord.Of(Compiled.Mode);

    internal string InForce => session.InForce(Compiled.Mode);

    internal JobWeaknesses Weaknesses { get; } = new();

    internal ImmutableArray<string> Degraded =>
        [.. session.Degraded, .. workplace.IsPinned ? (string[])[] : [Unpinned], .. Weaknesses.All];

    /// <summary>For those who look at the job.</summary>
    internal void Say() => workplace.SayInForce(Mode, InForce, Degraded);

    /// <summary>Another policy from here on; it was composed within the floors.</summary>
    /// <exception cref="CommandFailure">It cannot be put in force; the one before stays.</exception>
    internal void Replace(RunnerPolicy next, RunnerGuest guest, StepWatch steps, AgentPipeline pipeline)
    {
        var compiled = next.Compile(settings, Compiled);
        if (compiled.Mode == PolicyMode.Block && !session.CanEnforce)
        {
            throw new CommandFailure(
                ExitCode.CannotEnforce, $"this machine cannot enforce: {string.Join("; ", session.Degraded)}");
        }

        Run(guest, () =>
        {
            session.Gate.Replace(compiled);
            (Compiled, Asked) = (compiled, next);
            steps.Replace(compiled);
            pipeline.Actions = Gate.ActionsOf(compiled);
            workplace.KeepFloors(next.Floors);
            Say();
            pipeline.Accept(new PolicyChanged(
                Mode, InForce, RecordedRules.Of(compiled), next.Shown.From) { BootTimeNs = BootClock.NowNs() });
        });
    }

    /// <summary>Breaking the glass: audit from here on, and everything says so.</summary>
    /// <exception cref="CommandFailure">The job does not answer.</exception>
    internal void Override(JobOverride said, RunnerGuest guest, StepWatch steps, AgentPipeline pipeline, RecordingSink recording)
    {
        var isDone = guest.TryRun(() => workplace.SayOverride(said)); // before it holds: who is killed between is succeeded by audit
        Replace(Asked.Overridden(said), guest, steps, pipeline);
        Run(guest, () => Tell(said, pipeline, recording));
        if (!isDone)
        {
            throw NoAnswer();
        }
    }

    /// <summary>An override has ended before the job: what held without it holds again.</summary>
    /// <exception cref="CommandFailure">The job does not answer.</exception>
    internal void EndOverride(RunnerPolicy next, RunnerGuest guest, StepWatch steps, AgentPipeline pipeline, RecordingSink recording)
    {
        Replace(next, guest, steps, pipeline);
        Run(guest, () =>
        {
            workplace.SayOverrideEnded();
            recording.SealNow();
        });
    }

    /// <summary>On disk at once: if this process is killed next, its report says so, and so does who takes over.</summary>
    internal void Tell(JobOverride said, AgentPipeline pipeline, RecordingSink recording)
    {
        workplace.SayOverride(said);
        pipeline.Raise(EnforcementOverride.Finding(said.Reason, said.Before, said.By, said.Until, BootClock.NowNs()));
        recording.SealNow();
    }

    private static void Run(RunnerGuest guest, Action work)
    {
        if (!guest.TryRun(work))
        {
            throw NoAnswer();
        }
    }

    internal static CommandFailure NoAnswer() => new(ExitCode.SallyportFailed, "the job does not answer");
}
