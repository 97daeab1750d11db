using System.Formats.Tar;

namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// The one image of these tests, under the name that a workflow would use: a static busybox with its commands, and the
/// attack programs of <c>Programs/</c>. Nothing is pulled.
/// </summary>
internal static class BaseImage
{
    public const string Name = "ubuntu:latest";

    private static readonly string[] s_programFolders = ["/usr", "/lib", "/lib64", "/etc/alternatives"];

    /// <summary>
    /// Options of <c>docker run</c>: the programs and libraries of the test machine, where they are there.
    /// </summary>
    public static IReadOnlyList<string> WithThisMachinesPrograms { get; } =
    [
        "--env", "PATH=/usr/sbin:/usr/bin:/bin",
        .. s_programFolders.Where(Directory.Exists)
            .SelectMany(folder => (string[])["--volume", $"{folder}:{folder}:ro"]),
    ];

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] s_folders = ["bin", "etc", "tmp", "shared"];

    private static readonly string[] s_busyboxCommands =
        ["cat", "echo", "httpd", "mkdir", "mkfifo", "nslookup", "sh", "sleep", "timeout", "touch", "true", "wget"];

    private static readonly string[] s_busyboxPaths = ["/usr/bin/busybox", "/bin/busybox"];

    /// <summary>Path of a static busybox.</summary>
    public static string Busybox() => s_busyboxPaths.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("A static busybox is needed: eng/install-packages test.");

    /// <summary>
    /// Writes the image, with these static programs in /bin, as a tar archive for <c>docker import</c>.
    /// </summary>
    public static async Task WriteAsync(string archive, IEnumerable<string> programs)
    {
        await using FileStream file = File.Create(archive);
        await using TarWriter tar = new(file, TarEntryFormat.Ustar);
        foreach (string folder in s_folders)
        {
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = Executable });
        }

        foreach (string program in programs.Prepend(Busybox()))
        {
            await using FileStream content = File.OpenRead(program);
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, $"bin/{Path.GetFileName(program)}")
            {
                Mode = Executable,
                DataStream = content,
            });
        }

        foreach (string command in s_busyboxCommands)
        {
            await tar.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.SymbolicLink, $"bin/{command}") { LinkName = "busybox" });
        }
    }
}
