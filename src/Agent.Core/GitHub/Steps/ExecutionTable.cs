namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>
/// Executions and the starts that the log names, joined by pid. Each is bounded; executions are never forgotten, of the
/// starts that found none the oldest goes. What finds no place is counted and stays unconfirmed.
/// </summary>
internal sealed class ExecutionTable
{
    public const int Capacity = 16_384;
    public const int WaitingCapacity = 1024;

    private readonly SortedDictionary<uint, ExecutionEntry> entries = [];
    private readonly Dictionary<int, List<ExecutionEntry>> byPid = [];
    private readonly LinkedList<LogStart> waiting = [];

    public IEnumerable<ExecutionEntry> All => entries.Values;

    /// <summary>Executions that found no place.</summary>
    public long Overflow { get; private set; }

    /// <summary>Starts in the log that no execution was found for: lost events, or lines that the worker did not write.</summary>
    public long Unmatched { get; private set; }

    public int Waiting => waiting.Count;

    public ExecutionEntry? Find(uint execution) => entries.GetValueOrDefault(execution);

    public ExecutionEntry? Add(uint execution, ulong process, int pid, long bootNs, bool isLeft)
    {
        if (execution == 0 || entries.ContainsKey(execution) || entries.Count >= Capacity)
        {
            Overflow += execution == 0 || entries.ContainsKey(execution) ? 0 : 1;
            return null;
        }

        var entry = new ExecutionEntry(execution, process, pid, bootNs) { IsLeft = isLeft };
        entries.Add(execution, entry);
        if (isLeft)
        {
            return entry;
        }

        if (!byPid.TryGetValue(pid, out var same))
        {
            byPid.Add(pid, same = []);
        }

        same.Add(entry);
        Take(entry, any: true);
        return entry;
    }

    /// <summary>
    /// Takes a start: for the oldest execution of that pid that has none and fits; one whose start contradicts it counts
    /// as having none.
    /// </summary>
    public ExecutionEntry? Start(LogStart start)
    {
        var same = byPid.GetValueOrDefault(start.Pid);
        var entry = same?.Find(e => (e.Start is null || !e.Fits(e.Start)) && e.Fits(start))
            ?? same?.FindLast(e => e.Start is null);
        if (entry is not null)
        {
            Join(entry, start);
            return entry;
        }

        if (waiting.Count >= WaitingCapacity)
        {
            waiting.RemoveFirst();
            Unmatched++;
        }

        waiting.AddLast(start);
        return null;
    }

    /// <summary>Looks for a start that fits, once the environment is known and the one it has does not.</summary>
    public void Rematch(ExecutionEntry entry)
    {
        if (!entry.IsLeft && (entry.Start is null || !entry.Fits(entry.Start)))
        {
            Take(entry, any: false);
        }
    }

    private void Take(ExecutionEntry entry, bool any)
    {
        for (var node = waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Pid == entry.Pid && (any || entry.Fits(node.Value)))
            {
                Join(entry, node.Value);
                waiting.Remove(node);
                return;
            }
        }
    }

    private static void Join(ExecutionEntry entry, LogStart start)
    {
        entry.Start = start;
        start.Execution = entry;
    }
}
