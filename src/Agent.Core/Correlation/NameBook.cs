using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Which name an address stands for. An address may serve many names, so who asks matters. The order of preference:
/// the name that the flow itself presented, if it leased this address (else it may be a lie, and stands in the
/// recording as presented, not as the destination's name); the name that this process asked for last of those
/// that leased the address; the same for its container, whose processes share a resolver's cache; the
/// name leased last. A name that leased it only after the event is none of its: alerts wait for the ring of the answers, and
/// meanwhile others come. Bounded: addresses as the kernel's leases, askers by <see cref="AskCapacity"/>, both by last use.
/// </summary>
internal sealed class NameBook
{
    public const int AskCapacity = 32_768;

    private readonly BoundedCache<UInt128, LeasedNames> leases = new(WireLimits.MaxLeases);
    private readonly BoundedCache<(ulong Process, string Name), long> asksOfProcesses = new(AskCapacity);
    private readonly BoundedCache<(string Container, string Name), long> asksOfContainers = new(AskCapacity);
    private long order;

    public void Asked(ulong process, string? container, string name)
    {
        order++;
        if (process != 0)
        {
            asksOfProcesses.Set((process, name), order);
        }

        if (container is not null)
        {
            asksOfContainers.Set((container, name), order);
        }
    }

    public void Leased(UInt128 address, string name, ulong bootNs)
    {
        if (!leases.TryGet(address, out var names))
        {
            leases.Set(address, names = new LeasedNames());
        }

        names.Add(name, bootNs);
    }

    /// <param name="address">The destination.</param>
    /// <param name="presented">What the flow said; null for nothing yet.</param>
    /// <param name="process">Whose flow it is; 0 for nobody's.</param>
    /// <param name="container">That the process is in; null for none.</param>
    /// <param name="bootNs">CLOCK_BOOTTIME of the event, nanoseconds.</param>
    public string? Find(UInt128 address, string? presented, ulong process, string? container, ulong bootNs)
    {
        if (!leases.TryGet(address, out var names))
        {
            return null;
        }

        if (names.Count == 1)
        {
            return names.IsSince(0, bootNs) ? names[0] : null;
        }

        if (presented is not null && names.IndexOf(presented) is >= 0 and var said && names.IsSince(said, bootNs))
        {
            return presented;
        }

        return LastAsked(asksOfProcesses, process, names, bootNs)
            ?? (container is null ? null : LastAsked(asksOfContainers, container, names, bootNs))
            ?? LastLeased(names, bootNs);
    }

    private static string? LastLeased(LeasedNames names, ulong bootNs)
    {
        for (var i = names.Count - 1; i >= 0; i--)
        {
            if (names.IsSince(i, bootNs))
            {
                return names[i];
            }
        }

        return null;
    }

    private static string? LastAsked<TAsker>(
        BoundedCache<(TAsker Asker, string Name), long> asks,
        TAsker asker,
        LeasedNames names,
        ulong bootNs)
    {
        string? last = null;
        var latest = 0L;
        for (var i = 0; i < names.Count; i++)
        {
            if (names.IsSince(i, bootNs) && asks.TryGet((asker, names[i]), out var asked) && asked > latest)
            {
                (last, latest) = (names[i], asked);
            }
        }

        return last;
    }
}
