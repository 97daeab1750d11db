namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Names that leased one address, oldest first. Bounded by <see cref="Capacity"/>: the name that was leased longest ago
/// gives way (a shared address of a large host may serve more names than one job asks for).
/// </summary>
internal sealed class LeasedNames
{
    public const int Capacity = 32;

    private readonly List<string> names = [];

    public int Count => names.Count;

    public string this[int index] => names[index];

    public void Add(string name)
    {
        if (!names.Remove(name) && names.Count >= Capacity)
        {
            names.RemoveAt(0);
        }

        names.Add(name);
    }

    public bool Contains(string name) => names.Contains(name);
}
