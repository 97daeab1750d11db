using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Lab.Processes;

/// <summary>
/// Builds tests/attacks/*.c once per content, next to the test binary. Static where the C library allows, so that they
/// run in any mount namespace; <c>resolve</c> is dynamic, because name lookup in glibc loads modules.
/// </summary>
internal static class AttackPrograms
{
    private static readonly Lazy<string> s_folder = new(Build);

    /// <summary>True when a musl compiler was there and <c>resolve-musl</c> exists.</summary>
    internal static bool HasMusl => File.Exists(Path.Combine(Folder, "resolve-musl"));

    internal static string Folder => s_folder.Value;

    private static string Build()
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "attacks");
        var folder = Path.Combine(sources, "bin-" + Fingerprint(sources));
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var unfinished = Directory.CreateDirectory($"{folder}.{Environment.ProcessId}").FullName;
        Parallel.ForEach(Directory.EnumerateFiles(sources, "*.c"), source =>
        {
            var name = Path.GetFileNameWithoutExtension(source);
            var isStatic = name != "resolve";
            Compile("gcc", isStatic, source, Path.Combine(unfinished, name));
        });
        if (File.Exists("/usr/bin/musl-gcc"))
        {
            Compile("musl-gcc", true, Path.Combine(sources, "resolve.c"), Path.Combine(unfinished, "resolve-musl"));
        }

        Directory.Move(unfinished, folder);
        return folder;
    }

    private static void Compile(string compiler, bool isStatic, string source, string target)
    {
        string[] arguments =
            ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", .. isStatic ? ["-static"] : Array.Empty<string>(),
            "-o", target, source];
        using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })
            ?? throw new LabException($"{compiler} was not started.");
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new LabException($"{compiler} {source}: exit {process.ExitCode}\n{errors}");
        }
    }

    private static string Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*.?").Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        hash.AppendData([(byte)(File.Exists("/usr/bin/musl-gcc") ? 1 : 0)]);
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..16];
    }
}
