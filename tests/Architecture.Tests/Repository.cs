using System.Diagnostics;
using System.Reflection;
using System.Xml.Linq;

namespace Sallyport.Architecture.Tests;

/// <summary>The clone that these tests were built from.</summary>
internal static class Repository
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Names of the projects that a project refers to, without <c>Sallyport.</c>.</summary>
    public static IReadOnlyList<string> References(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => NameOf(((string)reference.Attribute("Include")!).Replace('\\', '/'))),
    ];

    /// <summary>Projects below a folder.</summary>
    public static IReadOnlyList<string> Projects(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories);

    public static string NameOf(string project) =>
        Path.GetFileNameWithoutExtension(project).Replace("Sallyport.", "", StringComparison.Ordinal);

    /// <summary>Paths that git tracks, relative to the root.</summary>
    public static IReadOnlyList<string> TrackedFiles()
    {
        string[] arguments = ["-C", Root, "-c", $"safe.directory={Root}", "ls-files", "-z"];
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Deadline), $"git took longer than {Deadline}");
        Assert.Equal(0, process.ExitCode);
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
