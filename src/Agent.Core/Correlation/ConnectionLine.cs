using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>One line of the recording and the repeats that it stands for until the next flush.</summary>
internal sealed class ConnectionLine(ConnectionKey key)
{
    private long count;
    private ulong lastBootNs;
    private ulong closedOut;
    private ulong closedIn;
    private bool closed;

    public ConnectionKey Key { get; } = key;

    /// <summary>The line as it was first written.</summary>
    public ConnectionJudged? First { get; set; }

    /// <summary>Lines written at once.</summary>
    public int Told { get; set; }

    /// <summary>Next line of the same process.</summary>
    public ConnectionLine? Next { get; set; }

    /// <summary>True while something waits for a flush.</summary>
    public bool Waiting { get; private set; }

    /// <summary>Counts a repeat.</summary>
    public void Repeat(uint repeats, ulong bootNs)
    {
        count += repeats;
        lastBootNs = Math.Max(lastBootNs, bootNs);
        Waiting = true;
    }

    /// <summary>Adds the bytes of a flow that had no line of its own.</summary>
    public void Close(ulong bytesOut, ulong bytesIn, ulong bootNs)
    {
        closedOut = unchecked(closedOut + bytesOut);
        closedIn = unchecked(closedIn + bytesIn);
        lastBootNs = Math.Max(lastBootNs, bootNs);
        closed = true;
        Waiting = true;
    }

    /// <summary>Writes what waits.</summary>
    public void Flush(IEventSink<RecordedEvent> sink)
    {
        if (First is not null)
        {
            if (count > 0)
            {
                sink.Accept(First with { Count = count, BootTimeNs = (long)lastBootNs });
            }

            if (closed)
            {
                sink.Accept(new ConnectionClosed(First.Connection, (long)closedOut, (long)closedIn)
                {
                    BootTimeNs = (long)lastBootNs,
                });
            }
        }

        (count, closedOut, closedIn, closed, Waiting) = (0, 0, 0, false, false);
    }
}
