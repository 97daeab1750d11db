using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Sallyport.Wire.Tests.Btf;

namespace Sallyport.Wire.Tests;

/// <summary>
/// The kernel's headers, compiled for BPF on their own. BTF has no macros, so each <c>#define SP_X</c> becomes two
/// enumerators that hold its lower and upper 32 bits (clang 14 has no 64-bit enumerations in BTF).
/// </summary>
public sealed partial class CompiledHeader
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public CompiledHeader()
    {
        Root = typeof(CompiledHeader).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var include = Path.Combine(Root, "bpf", "include");
        var wire = File.ReadAllText(Path.Combine(include, "wire.h"));
        var limits = File.ReadAllText(Path.Combine(include, "limits.h"));
        Macros = [.. Definition().Matches(wire + limits).Select(match => match.Groups[1].Value)];

        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "compiled"));
        var source = Path.Combine(folder.FullName, "probe.c");
        var compiled = Path.Combine(folder.FullName, "probe.o");
        File.WriteAllText(source, Probe(wire));
        var triplet = Run("gcc", "-print-multiarch").Trim();
        Run("clang", "-g", "-O2", "-target", "bpf", "-Wall", "-Wextra", "-Werror", "-I", include, "-I",
            $"/usr/include/{triplet}", "-c", source, "-o", compiled);
        Btf = BtfFile.Read(compiled);
    }

    /// <summary>Folder of the repository.</summary>
    internal string Root { get; }

    /// <summary>Names of all macros with a value.</summary>
    internal IReadOnlyList<string> Macros { get; }

    internal BtfFile Btf { get; }

    /// <summary>Value of a macro as the compiler computes it.</summary>
    internal long Value(string macro)
    {
        var values = Btf.Enum("probe_" + macro).Values;
        return (values.Single(value => value.Key == "HIGH_" + macro).Value << 32)
            | values.Single(value => value.Key == "LOW_" + macro).Value;
    }

    // A global variable of each type keeps the type in the object's BTF.
    private string Probe(string wire)
    {
        var text = new StringBuilder("#include <linux/types.h>\n#include \"limits.h\"\n#include \"wire.h\"\n");
        foreach (var macro in Macros)
        {
            text.Append(null, $"enum probe_{macro} {{ LOW_{macro} = (__u32)((__u64)({macro}) & 0xffffffffULL), ")
                .Append(null, $"HIGH_{macro} = (__u32)((__u64)({macro}) >> 32) }};\nenum probe_{macro} v_{macro};\n");
        }

        foreach (Match match in Declaration().Matches(wire))
        {
            text.Append(null, $"{match.Groups[1].Value} {match.Groups[2].Value} t_{match.Groups[2].Value};\n");
        }

        return text.ToString();
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Deadline), $"{program} took longer than {Deadline}");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
        return output;
    }

    [GeneratedRegex(@"^#define (SP_\w+) \S", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"^(struct|enum) (sp_\w+) \{", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
