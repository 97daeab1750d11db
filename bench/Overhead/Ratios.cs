using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>Ratios with / without of interleaved pairs: the median, and the middle half as its uncertainty.</summary>
internal sealed record Ratios(double Median, double LowerQuartile, double UpperQuartile, int Pairs)
{
    /// <summary>Half of the middle half may be this wide before the median says nothing.</summary>
    private const double Tolerable = 0.03;

    internal static Ratios Of(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return sorted.Length == 0
            ? new Ratios(double.NaN, double.NaN, double.NaN, 0)
            : new Ratios(Quantile(sorted, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75), sorted.Length);
    }

    /// <summary>
    /// Whether the spread is too wide to tell the ratio from 1, or from an aim so close to 1: fewer than five pairs, or a middle
    /// half that is wider than what is to be measured.
    /// </summary>
    internal bool IsNoise => this.Pairs < 5
        || (this.UpperQuartile - this.LowerQuartile) / 2 > Math.Max(Tolerable, Math.Abs(this.Median - 1) / 2);

    /// <summary><c>1.013 (1.002–1.020)</c>, and <c>noise</c> where it is.</summary>
    public override string ToString() => this.Pairs == 0 ? "–" : string.Create(
        CultureInfo.InvariantCulture,
        $"{this.Median:0.000} ({this.LowerQuartile:0.00}–{this.UpperQuartile:0.00}){(this.IsNoise ? " noise" : "")}");

    /// <summary>Linear between the two nearest ranks.</summary>
    internal static double Quantile(double[] sorted, double fraction)
    {
        double rank = fraction * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
