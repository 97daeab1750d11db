namespace Sallyport.Bench.Overhead;

/// <summary>Ratios with / without of interleaved rounds: the median, and the middle half as its uncertainty.</summary>
internal sealed record Ratios(double Median, double LowerQuartile, double UpperQuartile)
{
    internal static Ratios Of(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return new Ratios(Quantile(sorted, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75));
    }

    /// <summary>Linear between the two nearest ranks.</summary>
    internal static double Quantile(double[] sorted, double fraction)
    {
        double rank = fraction * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
