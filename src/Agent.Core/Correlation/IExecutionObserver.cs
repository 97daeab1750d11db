using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Is told of executions: processes that the runner's worker itself forked, each with all that comes from it. The first
/// process is meant wherever one is spoken of. The environment may be told before the fork, for it comes by the ring that
/// is read first; the rest comes in order.
/// </summary>
public interface IExecutionObserver
{
    /// <summary>The worker forked.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="pid">In the initial pid namespace.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Opened(uint execution, int pid, long bootTimeNs);

    /// <summary>Its first program began with this environment.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="environment">NUL-separated; not kept after the call.</param>
    /// <param name="isWhole">False when it was longer than the bound, or a piece of it was lost.</param>
    /// <param name="isHeld">The process is stopped and waits to be let go.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Began(uint execution, ReadOnlySpan<byte> environment, bool isWhole, bool isHeld, long bootTimeNs);

    /// <summary>It became a program, perhaps not its first.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="exe">Path of the executable.</param>
    /// <param name="argv">Masked.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Executed(uint execution, string exe, ImmutableArray<string> argv, long bootTimeNs);

    /// <summary>It ended.</summary>
    /// <param name="execution">From 1.</param>
    /// <param name="exitCode">Null when a signal ended it.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    void Ended(uint execution, int? exitCode, long bootTimeNs);
}
