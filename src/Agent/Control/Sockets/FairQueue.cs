using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>
/// Requests that wait for a place to be answered, in the order that is fair between who asks: whoever was served longest ago comes
/// next, each in the order of its own. Bounded by <see cref="MostWaiting"/>, and by <see cref="MostWaitingOfOne"/> of one asker.
/// Not safe for threads.
/// </summary>
internal sealed class FairQueue<TItem>
{
    /// <summary>Answered at once.</summary>
    internal const int MostAtOnce = 16;

    /// <summary>The same, of one asker: the others' places it never has.</summary>
    internal const int MostAtOnceOfOne = 4;

    internal const int MostWaiting = 512;
    internal const int MostWaitingOfOne = 64;

    private readonly Dictionary<PeerGroup, Line> lines = [];
    private int running;
    private int waiting;
    private long turn;

    /// <summary>Being answered.</summary>
    internal int Running => running;

    /// <summary>False when there is no room for more of this asker.</summary>
    internal bool TryAdd(PeerGroup group, TItem item)
    {
        var line = lines.TryGetValue(group, out var known) ? known : lines[group] = new Line();
        if (waiting >= MostWaiting || line.Waiting.Count >= MostWaitingOfOne)
        {
            Forget(group, line);
            return false;
        }

        waiting++;
        line.Waiting.Enqueue(item);
        return true;
    }

    /// <summary>Gives who is answered next, when somebody waits and there is a place.</summary>
    internal bool TryTake(out PeerGroup group, [MaybeNullWhen(false)] out TItem item)
    {
        (group, item) = (default, default);
        Line? next = null;
        foreach (var (other, line) in lines)
        {
            if (line.Waiting.Count > 0 && line.Running < MostAtOnceOfOne && (next is null || line.Turn < next.Turn))
            {
                (group, next) = (other, line);
            }
        }

        if (next is null || running >= MostAtOnce)
        {
            return false;
        }

        item = next.Waiting.Dequeue();
        next.Turn = ++turn;
        next.Running++;
        running++;
        waiting--;
        return true;
    }

    /// <summary>One of this asker's has been answered.</summary>
    internal void Done(PeerGroup group)
    {
        running--;
        lines[group].Running--;
        Forget(group, lines[group]);
    }

    /// <summary>Takes out all that wait.</summary>
    internal List<TItem> Clear()
    {
        var all = lines.Values.SelectMany(line => line.Waiting).ToList();
        foreach (var line in lines.Values)
        {
            line.Waiting.Clear();
        }

        waiting = 0;
        return all;
    }

    private void Forget(PeerGroup group, Line line)
    {
        if (line.Running == 0 && line.Waiting.Count == 0)
        {
            _ = lines.Remove(group);
        }
    }

    /// <summary>Of one asker.</summary>
    private sealed class Line
    {
        internal Queue<TItem> Waiting { get; } = new();

        internal int Running { get; set; }

        /// <summary>When it was served last; a new one comes before all that were.</summary>
        internal long Turn { get; set; }
    }
}
