namespace Sallyport.Baseline;

/// <summary>How probable it is that the next run shows something new.</summary>
/// <param name="NewProbability">0 to 1.</param>
/// <param name="SeenOnce">Destinations that were seen in just one run.</param>
/// <param name="Observations">Sum over all destinations of the runs in which each was seen.</param>
/// <param name="Runs">Runs that taught the baseline.</param>
public sealed record StabilityEstimate(double NewProbability, int SeenOnce, long Observations, long Runs)
{
    /// <summary>Below this probability a baseline is stable.</summary>
    public const double StableBelow = 0.02;

    /// <summary>Whether something new is worth a person's attention.</summary>
    public bool IsStable => NewProbability < StableBelow;

    /// <summary>
    /// Good–Turing: the mass of what was never seen is about the share of what was seen once (I. J. Good, Biometrika 40,
    /// 1953). Runs are the samples, not connections: a download of a thousand parts is one observation. A job that calls
    /// nothing has no observations; there the rule of succession over its runs holds.
    /// </summary>
    /// <param name="baseline">Of one job.</param>
    public static StabilityEstimate Of(JobBaseline baseline)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        int once = baseline.Destinations.Count(destination => destination.Runs == 1);
        long observations = baseline.Destinations.Sum(destination => destination.Runs);
        double probability = observations == 0 ? 1.0 / (baseline.Runs + 1) : (double)once / observations;
        return new StabilityEstimate(probability, once, observations, baseline.Runs);
    }
}
