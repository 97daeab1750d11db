using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>
/// Runs the rounds and prints a row as soon as it is known. In a round each variant runs right after a run without
/// anything, and the two are compared: a machine that changes its speed changes it for both.
/// </summary>
internal sealed class Bench(BenchOptions options, ImmutableArray<Variant> variants, TextWriter output)
{
    private const int YardstickRounds = 3;

    internal void PrintHeading()
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Ratio with / without, median and middle half of {options.Rounds} interleaved rounds."));
        output.Write($"{"workload",-26}{"off",12}");
        foreach (Variant variant in variants)
        {
            output.Write($"{variant.Name,22}");
        }

        output.WriteLine($"{"aim",8}");
    }

    internal void Run(Workload workload)
    {
        string[] arguments = [.. workload.Arguments];
        var off = new List<double> { Variant.Off.Measure(options, arguments) };
        var ratios = variants.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int i = 0; i < variants.Length; i++)
            {
                if (!variants[i].EveryRound && round >= YardstickRounds)
                {
                    continue;
                }

                (double without, double with) = this.MeasurePair(variants[i], arguments, withoutFirst: round % 2 == 0);
                off.Add(without);
                ratios[i].Add(with / without);
            }
        }

        double typical = Ratios.Of(off).Median;
        output.Write($"{workload.Name,-26}{Time(typical, workload.Whole),12}");
        foreach (List<double> measured in ratios)
        {
            Ratios r = Ratios.Of(measured);
            output.Write(string.Create(
                CultureInfo.InvariantCulture, $"{r.Median,8:0.000} {$"({r.LowerQuartile:0.000}–{r.UpperQuartile:0.000})",13}"));
        }

        output.WriteLine(workload.Aim is { } aim ? string.Create(CultureInfo.InvariantCulture, $"  ≤ {aim:0.00}") : "       –");
    }

    /// <summary>Who goes first alternates: the second finds warmer caches.</summary>
    private (double Without, double With) MeasurePair(Variant variant, string[] arguments, bool withoutFirst)
    {
        if (withoutFirst)
        {
            double first = Variant.Off.Measure(options, arguments);
            return (first, variant.Measure(options, arguments));
        }

        double with = variant.Measure(options, arguments);
        return (Variant.Off.Measure(options, arguments), with);
    }

    private static string Time(double nanoseconds, bool whole) => whole
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.000} s")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.00} µs");
}
