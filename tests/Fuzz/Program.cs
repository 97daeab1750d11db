using System.Globalization;
using Sallyport.Fuzz;
using Sallyport.Fuzz.Targets;

// Feeds damaged inputs to everything that reads bytes from outside. Exit code 0: nothing threw; 1: an input did, which
// is printed in base64 and can be put into the corpus folder; 64: wrong arguments.
IFuzzTarget[] targets =
[
    new RecordTarget(), new PolicyTarget(), new EndpointTarget(), new RecordingTarget(), new ReportTarget(),
    new ArgumentTarget(), new WorkerLogTarget(), new EnvironmentTarget(), new ControlTarget(),
    new DockerTarget(), new GitTarget(), new FileNoticeTarget(), new DenyListTarget(), new OverrideTarget(), new DnsTarget(), new ChangeTarget(),
    new SettingsTarget(), new LockTarget(), new KernelTypesTarget(), new InputsTarget(), new MachineTarget(), new CommandFileTarget(), new ContainerTarget(),
    new ResolversTarget(), new KernelDnsTarget(), new KernelTlsTarget(), new KernelHttpTarget(),
];
var usage = FuzzOptions.Usage(targets.Select(target => target.Name));
var options = FuzzOptions.Read(args, (int)(TimeProvider.System.GetUtcNow().Ticks & int.MaxValue), out var mistake);
if (options is null)
{
    Console.Error.WriteLine(mistake);
    Console.Error.WriteLine(usage);
    return 64;
}

var chosen = targets.Where(target => options.Target == "all" || options.Target == target.Name).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"--target {options.Target}: not known");
    Console.Error.WriteLine(usage);
    return 64;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}"));
long inputs = 0;
var crashes = 0;
foreach (var target in chosen)
{
    var folder = options.Corpus is null ? null : Path.Combine(options.Corpus, target.Name);
    var added = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
    List<byte[]> corpus = [.. target.Seeds, .. added.Select(File.ReadAllBytes)];
    var result = FuzzRun.Of(target, corpus, TimeSpan.FromSeconds((double)options.Seconds / chosen.Count), options.Seed);
    inputs += result.Inputs;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {result.Inputs} inputs"));
    if (result.Crash is not null)
    {
        crashes++;
        Console.WriteLine($"{target.Name}: {result.Failure}");
        Console.WriteLine($"{target.Name}: input {Convert.ToBase64String(result.Crash)}");
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs} inputs, {crashes} crashes"));
return crashes == 0 ? 0 : 1;
