namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>The same throws for the same seed, on every runtime (xorshift64*).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>0 to <paramref name="sides"/> - 1.</summary>
    internal int Next(int sides)
    {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return (int)((state * 0x2545F4914F6CDD1D >> 33) % (ulong)sides);
    }
}
