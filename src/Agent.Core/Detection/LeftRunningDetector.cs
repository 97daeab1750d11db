using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>process-left-running</c>: a process of a step is alive a second after the step has ended. Containers are not looked at: a
/// service is meant to go on. Bounded by <see cref="MostOfStep"/> findings a step, by the executions of one job, and by what
/// <see cref="Lineage"/> keeps.
/// </summary>
internal sealed class LeftRunningDetector(Lineage lineage) : IDetector
{
    private const long GraceNs = 1_000_000_000;
    private const int MostOfStep = 16;
    private const int MostExecutions = 16_384;

    private readonly Dictionary<uint, string> steps = [];
    private readonly Queue<StepEnded> ended = new();

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
        }
    }

    private void Tell(StepEnded step, IEventSink<RecordedEvent> sink)
    {
        foreach (var entry in lineage.Alive.Where(entry => IsOf(entry, step) && !IsBelowAnother(entry)).Take(MostOfStep).ToList())
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
    }

    private bool IsOf(LineageEntry entry, StepEnded step) =>
        entry.Container is null && steps.TryGetValue(entry.Execution, out var own) && own == step.Step;

    private bool IsBelowAnother(LineageEntry entry) =>
        lineage.Find(entry.Parent) is { IsAlive: true } parent && parent.Execution == entry.Execution;
}
