using System.Diagnostics;

namespace Sallyport.Repository.Tests;

/// <summary>eng/need-dotnet, in a folder whose global.json asks for an SDK that no machine has.</summary>
public sealed class NeedDotnetTests
{
    [Fact]
    public void Without_the_SDK_it_says_which_one_is_missing_and_how_to_get_it()
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-need-dotnet-test-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "eng"));
            File.Copy(Path.Combine(Checkout.Root, "eng/need-dotnet"), Path.Combine(folder.FullName, "eng/need-dotnet"));
            File.WriteAllText(Path.Combine(folder.FullName, "global.json"), """{ "sdk": { "version": "99.0.100" } }""");

            var (code, output, errors) = Run(folder.FullName);
            Assert.Equal((1, ""), (code, output));
            Assert.StartsWith(
                "Sallyport is built with the .NET SDK 99.0.100 (or a later 10.0 one), and it was not found\n", errors, StringComparison.Ordinal);
            Assert.Contains("sudo apt-get install dotnet-sdk-10.0\n", errors, StringComparison.Ordinal);
            Assert.Contains("dotnet-install.sh | bash -s -- --version 99.0.100\n", errors, StringComparison.Ordinal);

            // The home folder is the last place but two.
            var found = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.FullName, ".dotnet")).FullName, "dotnet");
            File.CreateSymbolicLink(found, "/bin/true");
            Assert.Equal((0, found + "\n", ""), Run(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int Code, string Output, string Errors) Run(string folder)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(folder, "eng/need-dotnet")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = folder;
        start.Environment["PATH"] = "/usr/bin:/bin";
        using var process = Process.Start(start)!;
        // Both are shorter than a pipe is long.
        process.WaitForExit();
        return (process.ExitCode, process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
    }
}
