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
    internal const string AuditName = "audit";
    internal const string BlockName = "block";

    internal static Variant Off { get; } = new("off / off", [], EveryRound: true);

    internal static Variant Audit(BenchOptions options) => Agent(options, AuditName);

    internal static Variant Block(BenchOptions options) => Agent(options, BlockName);

    /// <summary>An audit with options of `run` besides, or with lines of a policy.</summary>
    internal static Variant AuditWith(BenchOptions options, string name, string? policy, params ReadOnlySpan<string> more)
    {
        Variant audit = Agent(options, AuditName);
        List<string> prefix = [.. audit.Prefix.AsSpan()[..^1], .. more];
        if (policy is not null)
        {
            string file = Path.Combine(options.Work, $"{name.Replace(' ', '-')}.yml");
            File.WriteAllText(file, policy);
            prefix.AddRange(["--policy", file]);
        }

        return audit with { Name = name, Prefix = [.. prefix, audit.Prefix[^1]] };
    }

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
            [options.Sallyport, "run", "--quiet", "--mode", mode, "--allow", "allowed.example",
             "--allow", SampleProjects.GitServer, "--output",
             Path.Combine(options.Work, "report"), "--cgroup-root", options.Cgroup, "--"],
            EveryRound: true);
}
