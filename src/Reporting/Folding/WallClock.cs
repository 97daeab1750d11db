namespace Sallyport.Reporting.Folding;

/// <summary>Turns boot time into wall time by the anchor of a recording's first line.</summary>
/// <param name="Anchor">Wall clock at <paramref name="AnchorBootNs"/>.</param>
/// <param name="AnchorBootNs">CLOCK_BOOTTIME, nanoseconds.</param>
internal readonly record struct WallClock(DateTimeOffset Anchor, long AnchorBootNs)
{
    /// <summary>Wall time of an event, in UTC; at the edge of the calendar for times beyond it.</summary>
    public DateTimeOffset At(long bootNs)
    {
        var ticks = Anchor.UtcTicks + (((Int128)bootNs - AnchorBootNs) / TimeSpan.NanosecondsPerTick);
        return new DateTimeOffset((long)Int128.Clamp(ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);
    }
}
