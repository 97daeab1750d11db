using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sallyport.Bench.Overhead;

/// <summary>The figures that are not ratios: start to in force, resident memory, and losses under a flood of events.</summary>
internal sealed class Figures(BenchOptions options, TextWriter output)
{
    private const int FloodRate = 200_000;
    private const int FloodSeconds = 3;

    /// <summary>A start is short, and one beside other work takes far longer: a few say nothing.</summary>
    private const int StartRounds = 11;

    /// <summary>Also what --only may name.</summary>
    internal const string Start = "start to in force";

    internal void Print()
    {
        this.PrintStarts();
        this.PrintMemory(Variant.Block(options));
        this.PrintFlood(Variant.Audit(options));
    }

    internal void PrintStarts()
    {
        this.PrintStart(Variant.Audit(options));
        this.PrintStart(Variant.Block(options));
    }

    /// <summary>From the start of the agent to the first instruction of the command, which is let go when it is in force.</summary>
    private void PrintStart(Variant variant)
    {
        double[] milliseconds =
        [
            .. Enumerable.Range(0, Math.Max(options.Rounds, StartRounds)).Select(_ =>
            {
                long begin = Stopwatch.GetTimestamp();
                return ((variant.Measure(options, "instant") - begin) / 1e6) * (Stopwatch.Frequency / 1e9);
            }).Order(),
        ];
        this.Line(
            $"{Start}, {variant.Name}",
            $"{milliseconds[0]:0} to {Ratios.Quantile(milliseconds, 0.5):0} ms",
            $"≤ 100 ms (minimum to median of {milliseconds.Length}; bench/verifier says where it goes)");
    }

    private void PrintMemory(Variant variant)
    {
        ImmutableArray<string> job = [.. variant.Prefix, "/bin/true"];
        double kilobytes = Variant.Off.Measure(options, ["peak", .. job]);
        this.Line("resident memory, largest", $"{kilobytes / 1000:0.0} MB", "≤ 40 MB");
    }

    /// <summary>Datagrams in this network namespace, which has one cable that leads nowhere.</summary>
    private void PrintFlood(Variant variant)
    {
        ChildProcess.Run("ip", "link", "add", "flood", "type", "veth", "peer", "name", "drain");
        ChildProcess.Run("ip", "address", "add", "198.51.100.1/24", "dev", "flood");
        ChildProcess.Run("ip", "link", "set", "drain", "up");
        ChildProcess.Run("ip", "link", "set", "flood", "up");
        double rate = variant.Measure(
            options,
            "flood",
            FloodRate.ToString(CultureInfo.InvariantCulture),
            FloodSeconds.ToString(CultureInfo.InvariantCulture));
        using JsonDocument report = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(options.Work, "report", "report.json")));
        bool complete = report.RootElement.GetProperty("complete").GetBoolean();
        this.Line(
            $"flood, {rate:#,0} datagrams/s",
            complete ? "0 lost" : "lost: " + report.RootElement.GetProperty("losses").GetRawText(),
            "0 lost at 200,000/s");
    }

    private void Line(string what, string reached, string aim) =>
        output.WriteLine($"{what,-32}{reached,20}   aim {aim}");
}
