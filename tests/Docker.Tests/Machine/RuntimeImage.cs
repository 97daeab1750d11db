using System.Formats.Tar;
using System.Runtime.InteropServices;

namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// A base image with the ASP.NET Core runtime that runs these tests, the libraries that it needs, and a shell of busybox: no more, and no
/// package manager. It is what somebody's own base would be.
/// </summary>
internal static class RuntimeImage
{
    public const string Name = "aspnet:here";

    // Opened when something is first hashed, which ldd(1) does not know.
    private static readonly string[] s_openedLater = ["libssl.so.3", "libcrypto.so.3"];

    private static readonly string[] s_commands = ["chown", "mkdir", "sh"];

    /// <summary>As in /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1.</summary>
    private static readonly string s_framework = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/');

    private static string Root => Path.GetFullPath(Path.Combine(s_framework, "..", "..", ".."));

    /// <summary>Writes it as a tar archive for <c>docker import</c>.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="native">Programs and libraries of whoever runs in it.</param>
    /// <param name="outside">Runs a command to its end; returns what it printed.</param>
    public static async Task WriteAsync(string archive, IEnumerable<string> native, Func<IEnumerable<string>, Task<string>> outside)
    {
        string[] own = Directory.GetFiles(s_framework, "*.so");
        string list = await outside(["ldd", Path.Combine(Root, "dotnet"), .. own, .. native]);
        string known = await outside(["/sbin/ldconfig", "-p"]);
        await using FileStream file = File.Create(archive);
        await using TarWriter tar = new(file, TarEntryFormat.Pax);
        await AddAsync(tar, BaseImage.Busybox(), "bin/busybox");
        foreach (string command in s_commands)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{command}") { LinkName = "busybox" });
        }

        foreach (string library in Libraries(list).Concat(s_openedLater.Select(name => Known(known, name))).Distinct())
        {
            await AddAsync(tar, library, library.TrimStart('/'));
        }

        string web = Directory.GetDirectories(Path.Combine(Root, "shared", "Microsoft.AspNetCore.App"), "10.*").Order(StringComparer.Ordinal).Last();
        string[] folders = [Path.Combine(Root, "host"), s_framework, web];
        foreach (string path in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Prepend(Path.Combine(Root, "dotnet")))
        {
            await AddAsync(tar, path, $"usr/share/dotnet/{Path.GetRelativePath(Root, path)}");
        }

        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "usr/bin/dotnet") { LinkName = "../share/dotnet/dotnet" });
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "tmp") { Mode = (UnixFileMode)0x3FF });
    }

    private static Task AddAsync(TarWriter tar, string path, string name) =>
        tar.WriteEntryAsync(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, name);

    // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", and the loader as "/lib64/ld-linux-x86-64.so.2 (0x…)".
    private static IEnumerable<string> Libraries(string ldd) => ldd.Split('\n')
        .Where(line => line.StartsWith('\t'))
        .Select(line => line.Split("=>")[^1].Trim().Split(' ')[0])
        .Where(path => path.StartsWith('/') && !path.StartsWith(Root, StringComparison.Ordinal));

    // "\tlibssl.so.3 (libc6,x86-64) => /lib/x86_64-linux-gnu/libssl.so.3"
    private static string Known(string ldconfig, string name) => ldconfig.Split('\n')
        .First(line => line.StartsWith($"\t{name} ", StringComparison.Ordinal)).Split("=> ")[^1];
}
