using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>
/// Processes of the job. Bounded; when full, ended processes without children that no row refers to are forgotten and
/// counted, so a flood of short-lived ones cannot hide who made a refused connection.
/// </summary>
internal sealed class ProcessTable(int limit, LossTable losses, TextBudget texts)
{
    private const string Reason = "report-processes";

    // No real chain is deeper; a recording that claims a cycle ends here.
    private const int MaximumDepth = 256;
    private const int MaximumHashes = 65_536;

    // Of a program that there is no room for.
    private const int ShortPath = 128;

    private readonly Dictionary<string, ProcessState> states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> hashes = new(StringComparer.Ordinal);
    private int order;
    private int exitsSinceSweep;

    public void Forked(ProcessForked e)
    {
        var state = FindOrAdd(e.Process, e.BootTimeNs);
        if (state is null || state.StartSeen || !TryTake(state, TextBudget.Of(e.Parent, e.Step, e.Container)))
        {
            return;
        }

        state.StartSeen = true;
        state.Pid = e.Pid;
        state.Step = e.Step;
        state.Container = e.Container;
        if (e.Parent is not null && e.Parent != e.Process && state.Parent is null)
        {
            state.Parent = e.Parent;
            if (states.TryGetValue(e.Parent, out var parent))
            {
                parent.Children++;
                state.Program ??= parent.Program;
            }
        }

        if (state.IsReferenced)
        {
            state.IsReferenced = false;
            Refer(state.Id);
        }
    }

    public void Executed(ProcessExecuted e)
    {
        if (FindOrAdd(e.Process, e.BootTimeNs) is not { } state)
        {
            return;
        }

        // The id is the row's own: another copy of it would not be counted.
        var own = e with { Process = state.Id };
        state.Execute(TryTake(state, TextBudget.Of(e.Argv.AsSpan()) + TextBudget.Of(e.Exe, e.WorkingDirectory, e.Container, e.Executable))
            ? own
            : own with
            {
                Exe = e.Exe[..Math.Min(e.Exe.Length, ShortPath)], Argv = [], ArgvTruncated = true, WorkingDirectory = "",
                Container = state.Container, Executable = null,
            });
    }

    public void Hashed(ExecutableHashed e)
    {
        var isKnown = hashes.TryGetValue(e.Executable, out var before);
        if (hashes.Count < MaximumHashes
            && texts.TryReplace(isKnown ? TextBudget.Of(e.Executable, before) : 0, TextBudget.Of(e.Executable, e.Sha256)))
        {
            hashes[e.Executable] = e.Sha256;
        }
    }

    public void Exited(ProcessExited e)
    {
        if (states.TryGetValue(e.Process, out var state) && state.Exit is null)
        {
            state.Exit = e with { Process = state.Id };
            exitsSinceSweep++;
        }
    }

    /// <summary>A row names this process: it and its ancestors stay.</summary>
    public void Refer(string? process)
    {
        for (var depth = 0; depth < MaximumDepth; depth++)
        {
            if (process is null || !states.TryGetValue(process, out var state) || state.IsReferenced)
            {
                return;
            }

            state.IsReferenced = true;
            process = state.Parent;
        }
    }

    /// <summary>Processes that were alive when their step ended, by step.</summary>
    public ILookup<string, string> LeftRunning(Dictionary<string, long> ends, StepTable steps) => states.Values
        .OrderBy(state => state.Order)
        .Select(state => (state, Step: steps.Find(state.Step)))
        .Where(pair => pair.Step is not null && ends.TryGetValue(pair.Step, out var end)
            && pair.state.FirstBootNs <= end && (pair.state.Exit is null || pair.state.Exit.BootTimeNs > end))
        .ToLookup(pair => pair.Step!, pair => pair.state.Id, StringComparer.Ordinal);

    public ImmutableArray<ProcessDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. states.Values
            .OrderBy(state => state.FirstBootNs)
            .ThenBy(state => state.Order)
            .Select(state => state.Document(
                clock, steps.Find(state.Step), state.Program?.Executable is { } id ? hashes.GetValueOrDefault(id) : null)),
    ];

    private ProcessState? FindOrAdd(string process, long bootNs)
    {
        if (states.TryGetValue(process, out var state))
        {
            return state;
        }

        if (states.Count >= limit && !Sweep())
        {
            losses.Add(Reason, 1);
            return null;
        }

        state = new ProcessState(process, bootNs, order++);
        if (!TryTake(state, process.Length))
        {
            return null;
        }

        states.Add(process, state);
        return state;
    }

    private bool TryTake(ProcessState state, long characters)
    {
        if (!texts.HasRoom(characters))
        {
            Sweep();
        }

        if (!texts.TryTake(characters))
        {
            return false;
        }

        state.Characters += characters;
        return true;
    }

    private bool Sweep()
    {
        // A sweep costs the whole table: worth it only when there is something to win.
        if (exitsSinceSweep * 16 < limit)
        {
            return false;
        }

        exitsSinceSweep = 0;
        var forgotten = states.Values
            .Where(state => state is { Exit: not null, IsReferenced: false, Children: 0 })
            .OrderBy(state => state.Order)
            .Take(Math.Max(1, limit / 2))
            .ToList();
        foreach (var state in forgotten)
        {
            states.Remove(state.Id);
            texts.GiveBack(state.Characters);
            if (state.Parent is not null && states.TryGetValue(state.Parent, out var parent))
            {
                parent.Children--;
            }
        }

        losses.Add(Reason, forgotten.Count);
        return states.Count < limit;
    }
}
