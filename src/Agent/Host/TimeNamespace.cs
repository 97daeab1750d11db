using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>time_namespaces(7): a process may have a clock since boot of its own, and then /proc shows all starts by it.</summary>
internal static class TimeNamespace
{
    /// <summary>
    /// Whether this process's clock since boot is the kernel's: without it no process could be told from a later one with its number.
    /// </summary>
    internal static bool HasClockOfKernel => HasNoOffset(ProcText.TryRead("/proc/self/timens_offsets"));

    /// <summary>Lines <c>clock seconds nanoseconds</c>; null where the kernel has no such namespaces.</summary>
    internal static bool HasNoOffset(string? offsets)
    {
        foreach (var line in (offsets ?? string.Empty).Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["boottime", var seconds, var nanoseconds])
            {
                return IsZero(seconds) && IsZero(nanoseconds);
            }
        }

        return true;
    }

    private static bool IsZero(string number) => long.TryParse(number, CultureInfo.InvariantCulture, out var value) && value == 0;
}
