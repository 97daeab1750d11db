using System.Collections.Immutable;

namespace Sallyport.Bench.Overhead;

/// <summary>One way to run the driver: as it is, under the agent, or under another tool as a yardstick.</summary>
/// <param name="Name">The heading of its column.</param>
/// <param name="Prefix">The program and its arguments that stand before the driver; empty for the driver alone.</param>
/// <param name="EveryRound">False for yardsticks that are an order of magnitude slower: three rounds do.</param>
/// <param name="Around">Put in force before the driver runs and undone after it; null when there is nothing.</param>
internal sealed record Variant(
    string Name, ImmutableArray<string> Prefix, bool EveryRound, Func<IDisposable>? Around = null)
{
    internal static Variant Off { get; } = new("off / off", [], EveryRound: true);

    internal static Variant Audit(BenchOptions options) => Agent(options, "audit");

    internal static Variant Block(BenchOptions options) => Agent(options, "block");

    internal static Variant Strace(string path) =>
        new("strace -f", [path, "-f", "-qq", "-o", "/dev/null"], EveryRound: false);

    /// <summary>Runs the driver and returns what it wrote.</summary>
    internal double Measure(BenchOptions options, params ReadOnlySpan<string> driverArguments)
    {
        string result = Path.Combine(options.Work, "result");
        File.Delete(result);
        ImmutableArray<string> line = [.. this.Prefix, options.Driver, result, .. driverArguments];
        using (this.Around?.Invoke())
        {
            ChildProcess.Run(line[0], line.AsSpan()[1..]);
        }

        return double.Parse(File.ReadAllText(result), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Variant Agent(BenchOptions options, string mode) =>
        new(mode,
            [options.Sallyport, "run", "--quiet", "--mode", mode, "--allow", "allowed.example", "--output",
             Path.Combine(options.Work, "report"), "--cgroup-root", options.Cgroup, "--"],
            EveryRound: true);
}
