using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>A power-of-two block of ports: the first <paramref name="Length"/> bits are those of <paramref name="Port"/>.</summary>
/// <param name="Port">First port of the block.</param>
/// <param name="Length">0 (every port) to 16 (one port).</param>
public readonly record struct PortPrefix(ushort Port, int Length)
{
    /// <summary>The kernel's SP_MAX_PORT_PREFIXES.</summary>
    public const int MaxEntries = 8192;

    /// <summary>Whether the port is in the block.</summary>
    /// <param name="port">0 to 65535.</param>
    public bool Contains(int port) => (port ^ Port) >> (16 - Length) == 0;

    /// <summary>Whether the other block lies in this one.</summary>
    /// <param name="other">The narrower block.</param>
    public bool Contains(PortPrefix other) => Length <= other.Length && Contains(other.Port);

    /// <summary>The fewest blocks that together are the range; at most 30.</summary>
    /// <param name="range">Any range.</param>
    public static IEnumerable<PortPrefix> Split(PortRange range)
    {
        int first = range.First;
        while (first <= range.Last)
        {
            int size = first == 0 ? 1 << 16 : first & -first;
            while (first + size - 1 > range.Last)
            {
                size >>= 1;
            }
            yield return new PortPrefix((ushort)first, 16 - int.Log2(size));
            first += size;
        }
    }
}
