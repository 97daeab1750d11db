namespace Sallyport.Reporting.Folding;

/// <summary>Sums that a hostile recording can neither overflow nor make negative.</summary>
internal static class Tally
{
    public static long Add(long sum, long more)
    {
        more = Math.Max(0, more);
        return sum > long.MaxValue - more ? long.MaxValue : sum + more;
    }
}
