using System.Diagnostics;
using System.Reflection;
using System.Xml.Linq;

namespace Sallyport.Repository.Tests;

/// <summary>The files of this repository that git knows, as paths with / from its root.</summary>
internal static class Checkout
{
    public static string Root { get; } = typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == "RepositoryRoot").Value!;

    public static IReadOnlyList<string> Files { get; } = TrackedFiles();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static XDocument ReadXml(string path) => XDocument.Load(Path.Combine(Root, path));

    private static List<string> TrackedFiles()
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true };
        // The clone may belong to another user than the one who tests (root).
        foreach (var argument in (string[])["-c", "safe.directory=*", "-C", Root, "ls-files", "-z"])
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Process.Start(start)!;
        var files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. files.Where(file => File.Exists(Path.Combine(Root, file)))];
    }
}
