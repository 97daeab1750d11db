namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Names that leased one address, oldest first. Bounded by <see cref="Capacity"/>: the name that was leased longest ago
/// gives way (a shared address of a large host may serve more names than one job asks for).
/// </summary>
internal sealed class LeasedNames
{
    public const int Capacity = 32;

    private readonly List<(string Name, ulong SinceNs)> names = [];

    public int Count => names.Count;

    public string this[int index] => names[index].Name;

    /// <param name="name">Leased now; it stays one since it was first.</param>
    /// <param name="bootNs">CLOCK_BOOTTIME of the answer, nanoseconds.</param>
    public void Add(string name, ulong bootNs)
    {
        var at = IndexOf(name);
        if (at >= 0)
        {
            bootNs = names[at].SinceNs;
            names.RemoveAt(at);
        }
        else if (names.Count >= Capacity)
        {
            names.RemoveAt(0);
        }

        names.Add((name, bootNs));
    }

    /// <summary>Whether the name had leased the address by then.</summary>
    public bool IsSince(int index, ulong bootNs) => names[index].SinceNs <= bootNs;

    public int IndexOf(string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
