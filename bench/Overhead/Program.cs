using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Bench.Overhead;

if (!BenchOptions.TryRead(args, out BenchOptions? options, out string mistake))
{
    await Console.Error.WriteLineAsync("bench/run: " + mistake);
    return 64;
}

// The namespace is new: its loopback is down.
ChildProcess.Run("ip", "link", "set", "lo", "up");
PrintMachine("at the start");
var budget = new Budget(options!.Quick ? TimeSpan.FromSeconds(150) : TimeSpan.FromMinutes(30));
ImmutableArray<Variant> variants = [Variant.Off, Variant.Audit(options), Variant.Block(options)];
if (Auditd.Find(options, out string whyNot) is { } auditd)
{
    variants = [.. variants, auditd];
}
else
{
    Console.WriteLine(whyNot);
}

if (File.Exists("/usr/bin/strace"))
{
    variants = [.. variants, Variant.Strace("/usr/bin/strace")];
}
else
{
    Console.WriteLine("strace is not installed");
}

// First: they take seconds, and a run that is cut off has printed them.
if (options.Only.Length == 0 || options.Only == "figures")
{
    new Figures(options, Console.Out).Print();
    Console.WriteLine();
}
else if (Figures.Start.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
{
    new Figures(options, Console.Out).PrintStarts();
}

if (options.Only == Costs.Name)
{
    new Costs(options, budget, Console.Out).Print();
    PrintMachine("at the end");
    return 0;
}

using SampleProjects samples = SampleProjects.Create(options);
var bench = new Bench(options, variants, budget, Console.Out);
bench.PrintHeading();
ImmutableArray<Workload> workloads =
    [.. Workloads.All(options, samples).Where(workload => workload.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))];
for (int i = 0; i < workloads.Length; i++)
{
    bench.Run(workloads[i], workloads.Length - i);
}

if (options.Only.Length == 0)
{
    Console.WriteLine();
    new Costs(options, budget, Console.Out).Print();
}

PrintMachine("at the end");
return 0;

// A load beyond the processors means that others were measured too.
static void PrintMachine(string when) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{when}: load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {Environment.ProcessorCount} processors, Linux {Environment.OSVersion.Version}"));
