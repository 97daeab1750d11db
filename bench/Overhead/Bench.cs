using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>
/// Runs the rounds and prints a row as soon as it is known. In a round each variant runs right after or before a run
/// without anything, and the two are compared: a machine that changes its speed changes it for both. The first column compares
/// nothing with nothing: what it shows is the machine's own noise, and no figure beside it is better than that.
/// </summary>
internal sealed class Bench(BenchOptions options, ImmutableArray<Variant> variants, Budget budget, TextWriter output)
{
    private const int YardstickRounds = 3;
    private const int ColumnWidth = 30;

    /// <summary>From the same rounds: what refusing costs beyond watching. Its aim is 1.01.</summary>
    private const string BlockByAudit = "block / audit";

    private bool HasModes => this.IndexOf(Variant.AuditName) >= 0 && this.IndexOf(Variant.BlockName) >= 0;

    internal void PrintHeading()
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Ratio with / without: median (middle half) of at most {options.Rounds} interleaved pairs. 'noise': spread too wide."));
        output.Write($"{"workload",-28}{"off",12}  ");
        foreach (Variant variant in variants)
        {
            output.Write(variant.Name.PadRight(ColumnWidth));
        }

        output.WriteLine((this.HasModes ? BlockByAudit.PadRight(ColumnWidth) : "") + "aim");
    }

    /// <param name="workload">What is done.</param>
    /// <param name="rowsLeft">Rows that still have to fit into the time, this one among them.</param>
    internal void Run(Workload workload, int rowsLeft)
    {
        if (budget.Left <= TimeSpan.Zero)
        {
            output.WriteLine($"{workload.Name,-28}{"not reached: out of time",12}");
            return;
        }

        try
        {
            this.RunRounds(workload, budget.IsOver(rowsLeft));
        }
        catch (InvalidOperationException e)
        {
            output.WriteLine($"{workload.Name,-28}failed: {e.Message}");
        }
    }

    private void RunRounds(Workload workload, Func<bool> isOver)
    {
        string[] arguments = [.. workload.Arguments];
        var off = new List<double> { Variant.Off.Measure(options, arguments) };
        var ratios = variants.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int i = 0; i < variants.Length; i++)
            {
                // The first round is whole, whatever the time: a row without a figure says nothing.
                if ((!variants[i].EveryRound && round >= YardstickRounds) || (round > 0 && isOver()))
                {
                    continue;
                }

                (double without, double with) = this.MeasurePair(variants[i], arguments, withoutFirst: round % 2 == 0);
                off.Add(without);
                ratios[i].Add(with / without);
            }
        }

        double typical = Ratios.Of(off).Median;
        output.Write($"{workload.Name,-28}{Time(typical, workload.Whole),12}  ");
        foreach (List<double> measured in ratios)
        {
            output.Write(Ratios.Of(measured).ToString().PadRight(ColumnWidth));
        }

        if (this.HasModes)
        {
            output.Write(Ratios.Of(this.BlocksByAudits(ratios)).ToString().PadRight(ColumnWidth));
        }

        output.WriteLine(workload.Aim is { } aim ? string.Create(CultureInfo.InvariantCulture, $"≤ {aim:0.00}") : "–");
    }

    private IEnumerable<double> BlocksByAudits(List<double>[] ratios) => ratios[this.IndexOf(Variant.BlockName)]
        .Zip(ratios[this.IndexOf(Variant.AuditName)], (block, audit) => block / audit);

    private int IndexOf(string variant) => variants.Select(one => one.Name).ToList().IndexOf(variant);

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
