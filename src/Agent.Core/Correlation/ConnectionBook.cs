using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Decides which judgements become a line at once and which are counted, so that 200,000 of them in a second are not as
/// many lines. The first of each key is written at once; so is each further socket of it up to
/// <see cref="SocketsAtOnce"/>, and each refusal up to <see cref="RefusalsAtOnce"/>, while there are fewer than
/// <see cref="RepeatsAtOnce"/> such lines between two flushes. The rest is added up and written at the next flush, under the id of the key's first socket. Bounded: <see cref="LineCapacity"/> keys of refusals and as
/// many others, so that a flood of one cannot take the place of the other; what finds none is counted as lost. A
/// process's keys go when the process leaves the table.
/// </summary>
internal sealed class ConnectionBook
{
    public const int SocketsAtOnce = 16;
    public const int RefusalsAtOnce = 256;

    /// <summary>A line costs five times a count: 200,000 refusals a second over many keys would outrun the ring.</summary>
    public const int RepeatsAtOnce = 4_096;
    public const int LineCapacity = 65_536;
    public const int FlowCapacity = 65_536;

    private readonly Dictionary<ConnectionKey, ConnectionLine> refusals = [];
    private readonly Dictionary<ConnectionKey, ConnectionLine> others = [];
    private readonly BoundedCache<ulong, Flow> flows = new(FlowCapacity);
    private readonly List<ConnectionLine> waiting = [];

    private int repeatsTold;

    /// <summary>Judgements that became no line because the table was full.</summary>
    public long Overflow { get; private set; }

    /// <summary>Id of a socket in documents; <c>c0</c> where there is none.</summary>
    public static string Id(ulong cookie) => string.Create(CultureInfo.InvariantCulture, $"c{cookie:x}");

    /// <summary>The name that a socket said last.</summary>
    public string? Presented(ulong cookie) => flows.TryGet(cookie, out var flow) ? flow.Presented : null;

    /// <summary>Whether a line of its own was written for this socket.</summary>
    public bool IsTold(ulong cookie) => flows.TryGet(cookie, out var flow) && flow.Told;

    /// <summary>Takes note of the name that a socket said.</summary>
    public void Present(ulong cookie, string name)
    {
        if (cookie != 0)
        {
            flows.TryGet(cookie, out var flow);
            flows.Set(cookie, flow with { Presented = name });
        }
    }

    /// <summary>Takes one judgement.</summary>
    /// <returns>The line to write at once (its <c>First</c> is to be set), or null when it was counted.</returns>
    public ConnectionLine? Judge(in ConnectionKey key, ProcessEntry? process, ulong cookie, uint count, ulong bootNs)
    {
        if (FindOrAdd(in key, process) is not { } line)
        {
            Overflow += count;
            return null;
        }

        var flow = default(Flow);
        var known = cookie != 0 && flows.TryGet(cookie, out flow);
        var atOnce = line.Told == 0 || (repeatsTold < RepeatsAtOnce && (key.Verdict == KernelVerdict.Refused
            ? line.Told < RefusalsAtOnce
            : line.Told < SocketsAtOnce && cookie != 0 && !(known && flow.Line == line)));
        if (cookie != 0)
        {
            flows.Set(cookie, new Flow(line, flow.Told || atOnce, flow.Presented));
        }

        if (atOnce)
        {
            repeatsTold += line.Told > 0 ? 1 : 0;
            line.Told++;
            return line;
        }

        Wait(line);
        line.Repeat(count, bootNs);
        return null;
    }

    /// <summary>Takes the end of a socket.</summary>
    /// <returns>True when the end is to be written under the socket's own id.</returns>
    public bool Close(ulong cookie, ulong bytesOut, ulong bytesIn, ulong bootNs)
    {
        if (!flows.TryGet(cookie, out var flow) || flow.Told || flow.Line is null)
        {
            flows.Remove(cookie);
            return true;
        }

        flows.Remove(cookie);
        Wait(flow.Line);
        flow.Line.Close(bytesOut, bytesIn, bootNs);
        return false;
    }

    /// <summary>Writes and forgets the lines of a process.</summary>
    public void Forget(ProcessEntry process, IEventSink<RecordedEvent> sink)
    {
        for (var line = process.Lines; line is not null; line = line.Next)
        {
            line.Flush(sink);
            TableOf(line.Key).Remove(line.Key);
        }

        process.Lines = null;
    }

    /// <summary>Writes all that was counted since the last flush.</summary>
    public void Flush(IEventSink<RecordedEvent> sink)
    {
        foreach (var line in waiting)
        {
            line.Flush(sink);
        }

        waiting.Clear();
        repeatsTold = 0;
    }

    private void Wait(ConnectionLine line)
    {
        if (!line.Waiting)
        {
            waiting.Add(line);
        }
    }

    private Dictionary<ConnectionKey, ConnectionLine> TableOf(in ConnectionKey key) =>
        key.Verdict == KernelVerdict.Refused ? refusals : others;

    private ConnectionLine? FindOrAdd(in ConnectionKey key, ProcessEntry? process)
    {
        var table = TableOf(in key);
        if (table.TryGetValue(key, out var line))
        {
            return line;
        }

        if (table.Count >= LineCapacity)
        {
            return null;
        }

        line = new ConnectionLine(key);
        if (process is not null)
        {
            line.Next = process.Lines;
            process.Lines = line;
        }

        table.Add(key, line);
        return line;
    }
}
