using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>
/// Steps of the job, and which execution belongs to which. That is known late: until the report is built, rows stand under
/// a key of their execution. Bounded.
/// </summary>
internal sealed class StepTable(int limit, int executionLimit, LossTable losses, TextBudget texts)
{
    private const int MostLeftRunning = 64;

    // No id begins so.
    private const char Mark = '\0';

    private readonly Dictionary<string, (StepStarted Start, StepEnded? End)> rows = new(StringComparer.Ordinal);
    private readonly SortedDictionary<uint, ExecutionAssigned> executions = [];
    private readonly Dictionary<string, string> early = new(StringComparer.Ordinal);

    public bool IsEmpty => rows.Count == 0;

    public void Started(StepStarted e)
    {
        if (rows.TryGetValue(e.Step, out var row))
        {
            // Said again, of a step that was first only guessed: the first time stays.
            if (row.Start.Stage is null && texts.TryReplace(CharactersOf(row.Start), CharactersOf(e)))
            {
                rows[e.Step] = row with { Start = e with { BootTimeNs = row.Start.BootTimeNs } };
            }

            return;
        }

        if (rows.Count >= limit)
        {
            losses.Add("report-steps", 1);
            return;
        }

        if (texts.TryTake(CharactersOf(e)))
        {
            rows.Add(e.Step, (e, null));
        }
    }

    public void Ended(StepEnded e)
    {
        if (rows.TryGetValue(e.Step, out var row) && row.End is null && texts.TryTake(TextBudget.Of(e.Step, e.Conclusion, e.Kind)))
        {
            rows[e.Step] = row with { End = e };
        }
    }

    public void Assigned(ExecutionAssigned e)
    {
        var before = executions.GetValueOrDefault(e.Execution);
        if (e.Execution == 0 || (executions.Count >= executionLimit && before is null))
        {
            losses.Add("report-executions", 1);
            return;
        }

        if (texts.TryReplace(before is null ? 0 : CharactersOf(before), CharactersOf(e)))
        {
            executions[e.Execution] = e;
        }
    }

    /// <summary>What a row stands under until <see cref="Find"/>: the step, or the execution that it will be known by.</summary>
    public string? Key(uint execution, string? step)
    {
        if (execution == 0)
        {
            return step;
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"{Mark}{execution}");
        if (step is not null && early.Count < executionLimit && !early.ContainsKey(key) && texts.TryTake(step.Length))
        {
            early.TryAdd(key, step);
        }

        return key;
    }

    /// <summary>The step of a key, as far as the recording says it.</summary>
    public string? Find(string? key)
    {
        if (key is not { Length: > 0 } || key[0] != Mark)
        {
            return key;
        }

        return uint.TryParse(key.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var execution)
            && executions.TryGetValue(execution, out var assigned) && assigned.Step is { } step
            ? step
            : early.GetValueOrDefault(key);
    }

    public ImmutableArray<StepDocument> Documents(WallClock clock, ProcessTable processes)
    {
        var left = processes.LeftRunning(
            rows.Values.Where(row => row is { Start.Stage: not null, End: not null })
                .ToDictionary(row => row.Start.Step, row => row.End!.BootTimeNs, StringComparer.Ordinal),
            this);
        var own = executions.Values.ToLookup(e => e.Step, StringComparer.Ordinal);
        return
        [
            .. rows.Values
                .Select(row => Document(row.Start, row.End, [.. own[row.Start.Step]], left[row.Start.Step], clock))
                .OrderBy(step => step.Number)
                .ThenBy(step => step.Id, StringComparer.Ordinal),
        ];
    }

    private static long CharactersOf(StepStarted e) => TextBudget.Of(e.Step, e.Name, e.Stage, e.Action, e.Kind);

    private static long CharactersOf(ExecutionAssigned e) => TextBudget.Of(e.Step, e.Process, e.Name, e.ActionPath, e.Reason, e.IdTokenHost);

    private static StepDocument Document(
        StepStarted start, StepEnded? end, List<ExecutionAssigned> own, IEnumerable<string> left, WallClock clock) => new(
        start.Step,
        start.Name,
        start.Number,
        start.Stage,
        start.Action,
        end?.Kind ?? start.Kind,
        end?.Started?.ToUniversalTime() ?? clock.At(start.BootTimeNs),
        end is null ? null : end.Finished?.ToUniversalTime() ?? clock.At(end.BootTimeNs),
        end?.Conclusion,
        end?.FailureIgnored ?? false,
        own.Count == 0 ? null : own.TrueForAll(e => e.Confirmed),
        [
            .. own.Select(e => new ExecutionDocument(
                string.Create(CultureInfo.InvariantCulture, $"x{e.Execution}"),
                e.Process, e.Pid, e.Name, e.ActionPath, e.Confirmed, e.Reason)),
        ],
        [.. left.Take(MostLeftRunning)]);
}
