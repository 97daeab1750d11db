namespace Sallyport.Agent.Enforcement;

/// <summary>FNV-1a, 64 bits, as the kernel side computes it over paths.</summary>
internal static class Fnv1a
{
    private const ulong Offset = 0xcbf29ce484222325;
    internal const ulong Prime = 0x100000001b3;

    internal static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Offset;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }

        return hash;
    }
}
