namespace Sallyport.Agent.Host;

/// <summary>CLOCK_BOOTTIME, the clock of every record of the kernel side.</summary>
internal static unsafe class BootClock
{
    /// <summary>Nanoseconds since boot, time asleep included.</summary>
    internal static long NowNs()
    {
        var time = stackalloc long[2];
        return Interop.Libc.clock_gettime(Native.CLOCK_BOOTTIME, time) == 0
            ? time[0] * 1_000_000_000 + time[1]
            : throw Errno.Failure("clock_gettime(CLOCK_BOOTTIME)");
    }

    /// <summary>CLOCK_REALTIME, nanoseconds: what change times of files are compared with.</summary>
    internal static ulong RealNowNs()
    {
        var time = stackalloc long[2];
        return Interop.Libc.clock_gettime(Native.CLOCK_REALTIME, time) == 0
            ? (ulong)(time[0] * 1_000_000_000 + time[1])
            : throw Errno.Failure("clock_gettime(CLOCK_REALTIME)");
    }
}
