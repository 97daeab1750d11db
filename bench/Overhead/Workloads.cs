using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>The rows of the table. Counts are such that one round takes from a tenth of a second to a few seconds.</summary>
internal static class Workloads
{
    internal static ImmutableArray<Workload> All(BenchOptions options, SampleProjects samples)
    {
        int divisor = options.Quick ? 4 : 1;
        string Count(int full) => (full / divisor).ToString(CultureInfo.InvariantCulture);
        ImmutableArray<string> Command(params ReadOnlySpan<string> arguments) => ["command", .. arguments];
        string jobs = "-j" + Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);

        return
        [
            new("exec /bin/true", ["exec", Count(2_000)], 1.02, Whole: false),
            new("connect, loopback", ["connect", Count(20_000)], 1.08, Whole: false),
            new("open read-only", ["open", Count(400_000)], 1.01, Whole: false),
            new("open for write + write", ["write", Count(20_000)], null, Whole: false),
            new("read + write 4 KiB", ["readwrite", Count(200_000)], 1.01, Whole: false),
            new("throughput, loopback TCP", ["throughput", Count(4_000)], 1.01, Whole: true),
            new("compile, make " + jobs, Command("make", "-s", "-B", jobs, "-C", samples.CompileFolder), 1.01, Whole: true),
            new("git clone, local server", Command("sh", "-c",
                "rm -rf \"$1\" && git clone --quiet \"$2\" \"$1\"", "clone", samples.CloneTarget, samples.CloneSource),
                null, Whole: true),
            new("dotnet build", Command(options.Dotnet, "build", samples.DotnetFolder, "--no-restore", "--no-incremental",
                "--disable-build-servers", "--nologo", "-v", "quiet"), 1.01, Whole: true),
        ];
    }
}
