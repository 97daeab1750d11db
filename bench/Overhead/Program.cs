using System.Collections.Immutable;
using Sallyport.Bench.Overhead;

if (!BenchOptions.TryRead(args, out BenchOptions? options, out string mistake))
{
    await Console.Error.WriteLineAsync("bench/run: " + mistake);
    return 64;
}

// The namespace is new: its loopback is down.
ChildProcess.Run("ip", "link", "set", "lo", "up");
ImmutableArray<Variant> variants = [Variant.Audit(options!), Variant.Block(options!)];
if (File.Exists("/usr/bin/strace"))
{
    variants = [.. variants, Variant.Strace("/usr/bin/strace")];
}

using SampleProjects samples = SampleProjects.Create(options!);
var bench = new Bench(options!, variants, Console.Out);
bench.PrintHeading();
foreach (Workload workload in Workloads.All(options!, samples))
{
    if (workload.Name.Contains(options!.Only, StringComparison.OrdinalIgnoreCase))
    {
        bench.Run(workload);
    }
}

var figures = new Figures(options!, Console.Out);
if (options!.Only.Length == 0)
{
    Console.WriteLine();
    figures.Print();
}
else if (Figures.Start.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
{
    figures.PrintStarts();
}

return 0;
