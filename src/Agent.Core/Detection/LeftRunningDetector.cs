using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>process-left-running</c>: a process of a step is alive a second after the step has ended. Containers are not looked at: a
/// service is meant to go on. The first <see cref="MostOfStep"/> of a step are named, and then how many more there are. Bounded by
/// <see cref="MostExecutions"/>, and by what <see cref="Lineage"/> keeps.
/// </summary>
internal sealed class LeftRunningDetector(Lineage lineage) : IDetector
{
    private const long GraceNs = 1_000_000_000;
    internal const int MostOfStep = 16;
    internal const int MostExecutions = 16_384;

    private readonly Dictionary<uint, string> steps = [];
    private readonly Queue<StepEnded> ended = new();

    /// <summary>Executions and ends of steps past the bound.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        while (ended.TryPeek(out var step) && value.BootTimeNs - step.BootTimeNs > GraceNs)
        {
            Tell(ended.Dequeue(), sink);
        }

        switch (value)
        {
            case ExecutionAssigned { Step: { } step } when steps.Count < MostExecutions || steps.ContainsKey(value.Execution):
                steps[value.Execution] = step;
                break;
            case StepEnded step when ended.Count < MostExecutions:
                ended.Enqueue(step);
                break;
            case ExecutionAssigned { Step: not null } or StepEnded:
                Overflow++;
                break;
        }
    }

    private void Tell(StepEnded step, IEventSink<RecordedEvent> sink)
    {
        var left = lineage.Alive.Where(entry => IsOf(entry, step) && !IsBelowAnother(entry)).ToList();
        foreach (var entry in left.Take(MostOfStep))
        {
            sink.Accept(Finding.Of(
                ProcessFindings.ProcessLeftRunning,
                step with { Execution = entry.Execution },
                entry.Process,
                step.Step,
                isBlocked: false,
                ("program", entry.Exe),
                ("pid", entry.Pid.ToString(CultureInfo.InvariantCulture))));
        }

        if (left.Count > MostOfStep)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.ProcessLeftRunning,
                step,
                null,
                step.Step,
                isBlocked: false,
                ("more", (left.Count - MostOfStep).ToString(CultureInfo.InvariantCulture))));
        }
    }

    private bool IsOf(LineageEntry entry, StepEnded step) =>
        entry.Container is null && steps.TryGetValue(entry.Execution, out var own) && own == step.Step;

    private bool IsBelowAnother(LineageEntry entry) =>
        lineage.Find(entry.Parent) is { IsAlive: true } parent && parent.Execution == entry.Execution;
}
