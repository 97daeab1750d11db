using System.Collections.Immutable;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner;

/// <summary>
/// What of a job has begun before it is watched: its containers and processes are made the job's, their executions are told to the
/// steps, and how much came before protection is said.
/// </summary>
internal sealed class JobAdoption
{
    private readonly KernelSession session;
    private readonly RunnerWorker worker;
    private readonly RunnerWorkplace workplace;
    private readonly string? limit;
    private readonly Action<string> say;
    private readonly HashSet<int> silent = [];
    private readonly ContainerAdoption containers;
    private readonly RunnerAdoption runner;
    private readonly byte unknownPolicy;

    /// <param name="session">In force.</param>
    /// <param name="worker">Of the job.</param>
    /// <param name="workplace">Of the job.</param>
    /// <param name="policy">In force.</param>
    /// <param name="limit">cgroup v2 folder that is the machine here (agent.yml, cgroupRoot); null for all of it.</param>
    /// <param name="say">Told what is weaker.</param>
    internal JobAdoption(
        KernelSession session, RunnerWorker worker, RunnerWorkplace workplace, CompiledPolicy policy, string? limit, Action<string> say)
    {
        (this.session, this.worker, this.workplace, this.limit, this.say) = (session, worker, workplace, limit, say);
        unknownPolicy = (byte)policy.UnknownStepIndex;
        containers = new ContainerAdoption(session, worker, unknownPolicy, limit, silent);
        runner = new RunnerAdoption(session.Gate, worker, (byte)policy.RunnerIndex, unknownPolicy, silent);
    }

    /// <summary>Containers of the job run already.</summary>
    internal bool HasContainers => containers.Processes.Count > 0;

    /// <summary>From here on all that runs already is judged.</summary>
    internal void Run(JobScope scope)
    {
        containers.Run(scope, say);
        runner.Run();
        if (scope == JobScope.Machine)
        {
            new MachineExemption(session.Gate, worker, containers.Processes, workplace.Agents(), unknownPolicy, limit, silent).Run();
        }

        session.Gate.AllowOwnListeners(scope);

        if (silent.Count > 0)
        {
            say($"processes: {silent.Count} that ran before protection let nobody look into them: whose they are, or where connections lead that they had "
                + "then, is not known for all, and may not be judged");
        }
    }

    /// <summary>Tells of what had begun; gives since when the job is protected.</summary>
    /// <param name="steps">Of the job.</param>
    /// <param name="before">What an agent that this one succeeds has said; null when there was none.</param>
    internal StartedCoverage Tell(StepWatch steps, StartedCoverage? before)
    {
        foreach (var (execution, pid) in containers.Begun)
        {
            // The client has ended; the log alone says of which step it was.
            steps.Opened(execution, process: 0, pid, BootClock.NowNs());
            steps.Began(execution, environment: [], isWhole: true, isHeld: false, BootClock.NowNs());
        }

        foreach (var (execution, environment, isLeft) in runner.Begun)
        {
            if (isLeft)
            {
                steps.Left(execution);
            }

            steps.Began(execution, environment, isWhole: true, isHeld: false, BootClock.NowNs());
        }

        var begun = steps.CatchUp(BootClock.NowNs());
        var hasBegun = runner.Begun.Count > 0 || containers.Begun.Count > 0;
        // Stopped and without a log: it was held before its first instruction.
        return before
            ?? (!hasBegun && begun is null && worker.Process.IsStopped ? new StartedCoverage(FromStart: true, 0, [])
                : After(begun, workplace.IsAskedFor ? 1 : 0, hasBegun));
    }

    /// <param name="begun">Steps that the log has, or null without a log.</param>
    /// <param name="asking">Of those the last, which has asked for protection: 1, or 0 when nobody has.</param>
    /// <param name="hasBegun">The worker has started something.</param>
    private StartedCoverage After(ImmutableArray<string>? begun, int asking, bool hasBegun)
    {
        ImmutableArray<string> steps = begun is { } known ? [.. known.SkipLast(asking)] : [];
        return new StartedCoverage(
            begun is not null && steps.IsEmpty && (asking > 0 || !hasBegun), RunnerFacts.SecondsSince(worker.Process), steps);
    }
}
