namespace Sallyport.Agent.Kernel;

/// <summary>Sizes of the kernel's tables that are not those of limits.h. A smaller table refuses sooner, and nothing else.</summary>
/// <param name="RingBytes">Of the main ring, a power of two, whole pages; null for the default.</param>
/// <param name="Tasks">Processes of the job alive at once, at most the default; null for that.</param>
/// <param name="Leases">Addresses learned from answers, likewise.</param>
internal readonly record struct TableSizes(int? RingBytes = null, int? Tasks = null, int? Leases = null)
{
    /// <param name="opened">Not loaded yet.</param>
    internal void Apply(KernelObject opened)
    {
        Apply(opened, "events", RingBytes);
        Apply(opened, "tasks", Tasks);
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
