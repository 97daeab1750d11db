using System.Diagnostics;

namespace Sallyport.Bench.Overhead;

/// <summary>
/// How long the whole may take. What is left is shared out evenly among the rows that are left, so that a slow machine gets
/// fewer rounds, not fewer rows.
/// </summary>
internal sealed class Budget(TimeSpan whole)
{
    private readonly long begin = Stopwatch.GetTimestamp();

    internal TimeSpan Left => whole - Stopwatch.GetElapsedTime(this.begin);

    /// <summary>The time by which a row has to end.</summary>
    /// <param name="rows">Those that are left, this one among them.</param>
    internal Func<bool> IsOver(int rows)
    {
        TimeSpan share = this.Left / Math.Max(1, rows);
        long from = Stopwatch.GetTimestamp();
        return () => Stopwatch.GetElapsedTime(from) >= share;
    }
}
