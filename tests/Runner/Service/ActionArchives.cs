using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Sallyport.Runner.Service;

/// <summary>
/// What the service serves for <c>owner/repo@ref</c>: a .tar.gz with one folder at its top. Of a git work tree: what
/// git tracks or would track (build output is ignored), of another folder everything.
/// </summary>
internal static class ActionArchives
{
    public static async Task<Dictionary<string, string>> MakeAsync(string folder, Dictionary<string, string> actions)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string> archives = [];
        foreach ((string action, string source) in actions)
        {
            string archive = $"{folder}/{action.Replace('/', '_')}.tar.gz";
            await WriteAsync(archive, action.Split('@')[0].Replace('/', '-'), source);
            archives[action] = archive;
        }

        return archives;
    }

    private static async Task WriteAsync(string archive, string top, string source)
    {
        if (!Directory.Exists(source))
        {
            throw new RunnerException($"--actions: {source}: no such folder.");
        }

        await using FileStream file = File.Create(archive);
        await using GZipStream gzip = new(file, CompressionLevel.NoCompression);
        await using TarWriter tar = new(gzip, TarEntryFormat.Pax);
        foreach (string path in await FilesAsync(source))
        {
            await tar.WriteEntryAsync(Path.Combine(source, path), $"{top}-0000000/{path}");
        }
    }

    private static async Task<IReadOnlyList<string>> FilesAsync(string source)
    {
        using Process? git = Path.Exists($"{source}/.git") ? Process.Start(new ProcessStartInfo("git",
            ["-c", "safe.directory=*", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        { RedirectStandardOutput = true }) : null;
        if (git is null)
        {
            return [.. Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(source, path))];
        }

        string output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0
            ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(path => File.Exists($"{source}/{path}"))]
            : throw new RunnerException($"git ls-files in {source}: exit code {git.ExitCode}");
    }
}
