using System.Globalization;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>Sizes of the kernel's tables that are not those of limits.h. A smaller table refuses sooner, and nothing else.</summary>
/// <param name="RingBytes">Of the main ring, a power of two, whole pages; null for the default.</param>
/// <param name="Tasks">Processes of the job alive at once, at most the default; null for that.</param>
/// <param name="Leases">Addresses learned from answers, likewise.</param>
internal readonly record struct TableSizes(int? RingBytes = null, int? Tasks = null, int? Leases = null)
{
    /// <summary>One above the largest number that a process can have (proc(5)).</summary>
    private const string ProcessNumbers = "/proc/sys/kernel/pid_max";

    /// <param name="opened">Not loaded yet.</param>
    internal void Apply(KernelObject opened)
    {
        // More places than there can be processes only take time to make.
        var most = int.TryParse(ProcText.TryRead(ProcessNumbers), CultureInfo.InvariantCulture, out var numbers)
            ? Math.Min(numbers, WireLimits.MaxTasks)
            : WireLimits.MaxTasks;
        Apply(opened, "exempt", most);
        Apply(opened, "tasks", Math.Min(Tasks ?? most, most));
        Apply(opened, "events", RingBytes);
        Apply(opened, "leases", Leases);
    }

    private static void Apply(KernelObject opened, string table, int? entries)
    {
        if (entries is { } number)
        {
            opened.SetEntries(table, (uint)number);
        }
    }
}
