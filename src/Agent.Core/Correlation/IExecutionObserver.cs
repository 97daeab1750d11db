namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Is told of executions: processes that the runner's worker itself forked, each with all that comes from it. The first
/// process is meant wherever one is spoken of. The environment may be told before the fork, for it comes by the ring that
/// is read first.
/// </summary>
public interface IExecutionObserver
{
    /// <summary>The worker forked.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="process">Number of the process that the worker forked.</param>
    /// <param name="pid">Of it, in the initial pid namespace.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Opened(uint execution, ulong process, int pid, long bootTimeNs);

    /// <summary>Its first program began with this environment.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="environment">NUL-separated; not kept after the call.</param>
    /// <param name="isWhole">False when it was longer than the bound, or a piece of it was lost.</param>
    /// <param name="isHeld">The process is stopped and waits to be let go.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Began(uint execution, ReadOnlySpan<byte> environment, bool isWhole, bool isHeld, long bootTimeNs);
}
