using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sallyport.Bench.Overhead;

/// <summary>The figures that are not ratios: start to command, resident memory, and losses under a flood of events.</summary>
internal sealed class Figures(BenchOptions options, TextWriter output)
{
    private const int FloodRate = 200_000;
    private const int FloodSeconds = 3;

    /// <summary>A start is short, and one beside other work takes far longer: a few say nothing.</summary>
    private const int StartRounds = 11;

    /// <summary>Also what --only may name.</summary>
    internal const string Start = "start to in force";

    // As many as an honest job has; and more than any table holds, which must be counted, not hidden.
    private const int FewDestinations = 4_000;
    private const int ManyDestinations = 600_000;

    internal void Print()
    {
        Variant audit = Variant.Audit(options);
        Variant block = Variant.Block(options);
        this.PrintStarts();
        this.PrintMemory("one process", block, "/bin/true");
        MakeCable();
        this.PrintFlood(audit, FewDestinations, "0 lost");
        this.PrintFlood(block, FewDestinations, "0 lost");
        this.PrintFlood(audit, ManyDestinations, "no ring overrun; what no table holds is counted");
        this.PrintMemory(
            "flood of 200,000/s", audit, options.Driver, Path.Combine(options.Work, "flooded"), "flood", Text(FloodRate),
            Text(FloodSeconds), Text(FewDestinations));
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

    private void PrintMemory(string what, Variant variant, params ReadOnlySpan<string> command)
    {
        ImmutableArray<string> job = [.. variant.Prefix, .. command];
        double kilobytes = Variant.Off.Measure(options, ["peak", .. job]);
        this.Line($"largest resident, {what}", $"{kilobytes / 1000:0.0} MB", "≤ 40 MB");
    }

    /// <summary>This network namespace gets one cable, which leads nowhere.</summary>
    private static void MakeCable()
    {
        ChildProcess.Run("ip", "link", "add", "flood", "type", "veth", "peer", "name", "drain");
        ChildProcess.Run("ip", "address", "add", "198.51.100.1/24", "dev", "flood");
        ChildProcess.Run("ip", "link", "set", "drain", "up");
        ChildProcess.Run("ip", "link", "set", "flood", "up");
    }

    private void PrintFlood(Variant variant, int destinations, string aim)
    {
        double rate = variant.Measure(options, "flood", Text(FloodRate), Text(FloodSeconds), Text(destinations));
        using JsonDocument report = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(options.Work, "report", "report.json")));
        bool complete = report.RootElement.GetProperty("complete").GetBoolean();
        long counted = report.RootElement.GetProperty("connections").EnumerateArray()
            .Sum(row => row.GetProperty("count").GetInt64());
        this.Line(
            string.Create(CultureInfo.InvariantCulture, $"flood, {variant.Name}, {destinations:#,0} destinations"),
            string.Create(CultureInfo.InvariantCulture, $"{rate:#,0} datagrams/s, {counted:#,0} in the report, ")
                + (complete ? "0 lost" : "lost: " + report.RootElement.GetProperty("losses").GetRawText().ReplaceLineEndings(" ")),
            aim);
    }

    private void Line(string what, string reached, string aim) => output.WriteLine($"{what,-38} {reached}   aim {aim}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
