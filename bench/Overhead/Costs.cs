using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>What single parts of the agent cost: each workload with and without the part, beside the agent off.</summary>
internal sealed class Costs(BenchOptions options, Budget budget, TextWriter output)
{
    /// <summary>What <c>--only</c> calls them.</summary>
    internal const string Name = "costs";

    private const int Programs = 500;
    private const string Report = "version: 1\ndetections: { foreign-memory-read: report }\n";
    private const string Block = "version: 1\ndetections: { foreign-memory-read: block, runner-memory-read: block }\n";

    internal void Print()
    {
        Variant audit = Variant.Audit(options);
        string folder = this.MakePrograms();
        this.Print(
            [Variant.AuditWith(options, "no file monitoring", null, "--no-file-monitoring"), audit],
            new Workload("open + write + close", ["write", "20000"], null, Whole: false));
        this.Print(
            [audit],
            new Workload("exec of 500 programs, cold", ["cold", folder], null, Whole: false),
            new Workload("exec of 500 programs, warm", ["warm", folder], null, Whole: false));
        this.Print(
            [audit, Variant.AuditWith(options, "memory guard", Report), Variant.AuditWith(options, "guard that blocks", Block)],
            new Workload("open read-only", ["open", "400000"], null, Whole: false));
    }

    private void Print(ImmutableArray<Variant> variants, params ReadOnlySpan<Workload> workloads)
    {
        var bench = new Bench(options, variants, budget, output);
        bench.PrintHeading();
        for (int i = 0; i < workloads.Length; i++)
        {
            bench.Run(workloads[i], workloads.Length - i);
        }

        output.WriteLine();
    }

    /// <summary>Copies of one program that no two are equal of: each is read and hashed by itself.</summary>
    private string MakePrograms()
    {
        string folder = Directory.CreateDirectory(Path.Combine(options.Work, "programs")).FullName;
        byte[] program = File.ReadAllBytes("/bin/true");
        for (int i = 0; i < Programs; i++)
        {
            string path = Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture));
            File.WriteAllBytes(path, [.. program, .. BitConverter.GetBytes(i)]);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }
}
