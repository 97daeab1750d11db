namespace Sallyport.Agent.Control;

/// <summary>Work that belongs on the draining thread, beside the rings.</summary>
internal interface IDrainGuest
{
    /// <summary>Something waits for what comes next: look again at once.</summary>
    bool IsHurried { get; }

    /// <summary>Called after each drain.</summary>
    /// <param name="nowNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Tend(long nowNs);

    /// <summary>Called once, when the rings are empty for good.</summary>
    /// <param name="nowNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Complete(long nowNs);
}
