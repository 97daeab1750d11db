using Sallyport.Agent.Commands;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Sinks;

/// <summary>
/// The last row of the terminal while the command runs. The row is taken out of the scrolled region (DECSTBM), as package
/// managers do, so that the command's own lines never mix with it. Not drawn while a program has the terminal to itself
/// (no line editing), nor in the first second: a short command is not to flicker.
/// </summary>
internal sealed class StatusLine(Terminal terminal, LiveCounts counts) : IDisposable
{
    private const long EveryNs = 200_000_000;
    private const long QuietNs = 1_000_000_000;
    private long nextNs = BootClock.NowNs() + QuietNs;
    private int rows;

    internal void DrawWhenDue(long nowNs)
    {
        if (nowNs < nextNs)
        {
            return;
        }

        nextNs = nowNs + EveryNs;
        var size = terminal.Size;
        if (size.Rows < 3 || !terminal.IsLineOriented)
        {
            return;
        }

        // IND and CUU: the row below exists now, and the cursor is where it was. DECSC, DECRC: setting the region moves it.
        var reserve = rows == size.Rows ? string.Empty : $"\eD\e[A\e7\e[1;{size.Rows - 1}r\e8";
        rows = size.Rows;
        var line = Printable.Line(counts.Line());
        line = line.Length < size.Columns ? line : line[..(size.Columns - 1)];
        terminal.Write($"{reserve}\e7\e[{rows};1H\e[2K{line}\e8");
    }

    /// <summary>Gives the row back.</summary>
    public void Dispose()
    {
        if (rows > 0)
        {
            terminal.Write($"\e7\e[r\e[{rows};1H\e[2K\e8");
            rows = 0;
        }
    }
}
