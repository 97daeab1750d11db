using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Containers by cgroup and by id; one that restarts has several cgroups. Bounded as the kernel's own table of cgroups,
/// never cleared: a container belongs to the job until the job ends. Full is counted.
/// </summary>
internal sealed class ContainerTable
{
    public const int Capacity = WireLimits.MaxCgroups;

    private readonly Dictionary<ulong, ContainerEntry> byCgroup = [];
    private readonly Dictionary<string, ContainerEntry> byId = new(StringComparer.Ordinal);

    public long Overflow { get; private set; }

    public string? IdOf(ulong cgroup) => byCgroup.GetValueOrDefault(cgroup)?.Id;

    /// <summary>The entry of an id; null when the table is full.</summary>
    public ContainerEntry? FindOrAdd(string id)
    {
        if (byId.TryGetValue(id, out var entry))
        {
            return entry;
        }

        if (byId.Count >= Capacity)
        {
            Overflow++;
            return null;
        }

        entry = new ContainerEntry(id);
        byId.Add(id, entry);
        return entry;
    }

    public void Join(ulong cgroup, ContainerEntry entry)
    {
        if (byCgroup.Count >= Capacity && !byCgroup.ContainsKey(cgroup))
        {
            Overflow++;
            return;
        }

        byCgroup[cgroup] = entry;
    }
}
