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

    /// <summary>The same while the job runs: that it cannot be written down changes nothing of what holds, and is said.</summary>
    internal void TrySay()
    {
        try
        {
            Say();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Weaknesses.Say($"what is in force cannot be written down for others: {e.Message}");
        }
    }

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
            TryKeep(next.Floors);
            TrySay();
            pipeline.Accept(new PolicyChanged(
                Mode, InForce, RecordedRules.Of(compiled), next.Shown.From) { BootTimeNs = BootClock.NowNs() });
        });
    }

    /// <summary>Breaking the glass: audit from here on, and everything says so.</summary>
    /// <exception cref="CommandFailure">It could not be: what held before holds.</exception>
    internal void Override(JobOverride said, RunnerGuest guest, StepWatch steps, AgentPipeline pipeline, RecordingSink recording)
    {
        Run(guest, () => workplace.SayOverride(said)); // before it holds: who is killed between is succeeded by audit
        try
        {
            Replace(Asked.Overridden(said), guest, steps, pipeline);
        }
        catch (CommandFailure)
        {
            TryRun(guest, workplace.SayOverrideEnded, "an override that could not begin");
            throw;
        }

        TryRun(guest, () => Tell(said, pipeline, recording), "the override");
    }

    /// <summary>An override has ended before the job: what held without it holds again.</summary>
    /// <exception cref="CommandFailure">It could not be: the override is still in force.</exception>
    internal void EndOverride(RunnerPolicy next, RunnerGuest guest, StepWatch steps, AgentPipeline pipeline, RecordingSink recording)
    {
        Replace(next, guest, steps, pipeline);
        TryRun(
            guest,
            () =>
            {
                workplace.SayOverrideEnded();
                recording.SealNow();
            },
            "the end of the override");
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

    /// <summary>What only tells of something that holds already: that it could not be told is said.</summary>
    private void TryRun(RunnerGuest guest, Action work, string what)
    {
        var why = "the job does not answer";
        try
        {
            if (guest.TryRun(work))
            {
                return;
            }
        }
        catch (CommandFailure e)
        {
            why = e.Message;
        }

        Weaknesses.Say($"{what} could not be written down: {why}");
    }

    private void TryKeep(JobFloors floors)
    {
        try
        {
            workplace.KeepFloors(floors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Weaknesses.Say($"{floors.Names} cannot be kept for an agent that takes over: {e.Message}");
        }
    }

    internal static CommandFailure NoAnswer() => new(ExitCode.SallyportFailed, "the job does not answer");
}
