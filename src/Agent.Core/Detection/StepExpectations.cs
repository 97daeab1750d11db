using System.Collections.Immutable;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// Which steps the policy names for what (<c>expect</c>). Which step an execution is of is told a moment after it began, so what it
/// did waits for that, <see cref="PatienceNs"/> at most and not past the end. Where no runner is there are no steps, and nothing is expected. Stands
/// behind the detectors that ask it, for its judgement is given on a later event. Bounded by <see cref="MostExecutions"/>
/// executions, <see cref="MostSteps"/> steps and <see cref="MostWaiting"/> things that wait, past which they are told at once.
/// </summary>
internal sealed class StepExpectations(Func<ImmutableArray<StepExpectation>> expected) : IDetector
{
    private const long PatienceNs = 1_000_000_000;
    private const int MostExecutions = 16_384;
    private const int MostSteps = 4096;
    private const int MostWaiting = 256;
    private static readonly string[] Stages = ["pre:", "post:"];

    private readonly Dictionary<uint, string> executions = [];
    private readonly Dictionary<string, StepStarted> steps = new(StringComparer.Ordinal);
    private readonly List<(StepRight Right, FindingRaised Finding)> waiting = [];

    /// <summary>A step did it: the finding is told unless the policy names that step.</summary>
    public void Judge(StepRight right, FindingRaised finding, IEventSink<RecordedEvent> sink)
    {
        if (finding.Execution == 0 || waiting.Count >= MostWaiting)
        {
            sink.Accept(finding);
        }
        else
        {
            waiting.Add((right, finding));
        }
    }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ExecutionAssigned { Confirmed: true, Step: { } step } when executions.Count < MostExecutions:
                executions[value.Execution] = step;
                break;
            case ExecutionAssigned { Confirmed: false }:
                _ = executions.Remove(value.Execution);
                break;
            case StepStarted step when steps.Count < MostSteps:
                steps[step.Step] = step;
                break;
        }

        for (var i = 0; i < waiting.Count; i++)
        {
            var (right, finding) = waiting[i];
            var step = StepOf(finding.Execution);
            if (step is null && value is not RecordingEnded && value.BootTimeNs - finding.BootTimeNs < PatienceNs)
            {
                continue;
            }

            waiting.RemoveAt(i--);
            if (step is null || !expected().Any(one => one.Right == right && one.Match.Matches(step)))
            {
                sink.Accept(finding);
            }
        }
    }

    private StepIdentity? StepOf(uint execution)
    {
        if (!executions.TryGetValue(execution, out var id) || !steps.TryGetValue(id, out var step))
        {
            return null;
        }

        var stage = Array.Find(Stages, stage => id.StartsWith(stage, StringComparison.Ordinal));
        return new StepIdentity(id[(stage?.Length ?? 0)..], step.Name, step.Action);
    }
}
