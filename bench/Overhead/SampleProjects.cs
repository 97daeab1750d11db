using System.Globalization;
using System.Text;

namespace Sallyport.Bench.Overhead;

/// <summary>What the larger workloads build and clone: made in the work folder, without any network.</summary>
internal sealed class SampleProjects : IDisposable
{
    /// <summary>A daemon that listened before the job, which a block-mode job asks by a rule of its policy.</summary>
    internal const string GitServer = $"{GitAddress}:{GitPort}";

    private const string GitAddress = "127.0.0.1";
    private const string GitPort = "9418";
    private const int SourceFiles = 16;
    private const int FunctionsPerFile = 40;

    private readonly ChildProcess gitServer;

    private SampleProjects(string work, ChildProcess gitServer)
    {
        this.gitServer = gitServer;
        this.CompileFolder = Path.Combine(work, "compile");
        this.DotnetFolder = Path.Combine(work, "app");
        this.CloneTarget = Path.Combine(work, "clone");
        this.CloneSource = $"git://{GitServer}/repository";
    }

    internal string CompileFolder { get; }

    internal string DotnetFolder { get; }

    internal string CloneTarget { get; }

    internal string CloneSource { get; }

    internal static SampleProjects Create(BenchOptions options)
    {
        WriteCompileSample(Path.Combine(options.Work, "compile"));
        WriteDotnetSample(options, Path.Combine(options.Work, "app"));
        WriteRepository(options.Work);
        ChildProcess server = ChildProcess.Start(
            "git", "daemon", "--listen=" + GitAddress, "--port=" + GitPort,
            "--export-all", "--base-path=" + options.Work, "--reuseaddr");
        return new SampleProjects(options.Work, server);
    }

    public void Dispose() => this.gitServer.Dispose();

    private static void WriteCompileSample(string folder)
    {
        Directory.CreateDirectory(folder);
        var objects = new StringBuilder("all:");
        for (int file = 0; file < SourceFiles; file++)
        {
            objects.Append(CultureInfo.InvariantCulture, $" f{file}.o");
            var source = new StringBuilder("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n");
            for (int i = 0; i < FunctionsPerFile; i++)
            {
                source.Append(
                    CultureInfo.InvariantCulture,
                    $"int f{file}_{i}(const char *s, int n) {{ char *b = malloc(n + {i}); for (int k = 0; k < n; k++) b[k] = s[k] ^ {i}; n = printf(\"%s\", b) * {file + 1}; free(b); return n; }}\n");
            }

            File.WriteAllText(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"f{file}.c")), source.ToString());
        }

        File.WriteAllText(Path.Combine(folder, "Makefile"), $"CFLAGS = -O2\n{objects}\n");
    }

    private static void WriteDotnetSample(BenchOptions options, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "app.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "System.Console.WriteLine(\"hello\");\n");
        ChildProcess.Run(options.Dotnet, "restore", folder, "--disable-build-servers");
    }

    private static void WriteRepository(string work)
    {
        string folder = Path.Combine(work, "repository");
        ChildProcess.Run("git", "init", "--quiet", folder);
        for (int i = 0; i < 400; i++)
        {
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"file{i}.txt"));
            File.WriteAllText(path, string.Join('\n', Enumerable.Range(i, 500)));
        }

        ChildProcess.Run("git", "-C", folder, "add", "--all");
        ChildProcess.Run(
            "git", "-C", folder, "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", "Files");
    }
}
