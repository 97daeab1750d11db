using System.Diagnostics;

namespace Sallyport.Agent.Core.Tests.Git;

/// <summary>A repository made by git itself, in a folder of the test's own.</summary>
internal sealed class GitFixtures : IDisposable
{
    private readonly string folder = Directory.CreateDirectory(
        Path.Combine(AppContext.BaseDirectory, $"git-{Guid.NewGuid():N}")).FullName;

    internal GitFixtures(string format = "sha1")
    {
        _ = Git("init", "-q", "-b", "main", $"--object-format={format}");
        _ = Git("config", "user.name", "test");
        _ = Git("config", "user.email", "test@example.test");
    }

    internal string PathOf(string name) => Path.Combine(folder, name);

    internal byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    internal void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
    }

    internal string Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return output.Result.TrimEnd('\n');
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
