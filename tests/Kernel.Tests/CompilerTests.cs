using System.Diagnostics;

namespace Sallyport.Kernel.Tests;

/// <summary>Debian 12 has clang 14, Ubuntu 24.04 clang 18: what the verifier takes of one it may refuse of another.</summary>
public sealed class CompilerTests
{
    private static readonly string Root = LabOptions.RepositoryRoot;

    [Fact]
    public async Task The_verifier_takes_what_every_compiler_of_this_machine_makes()
    {
        Assert.SkipWhen(Environment.UserName != "root", "loading kernel programs needs root");
        var others = (await RunAsync(Path.Combine(Root, "eng/compilers"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipWhen(others.Length == 0, "there is no other compiler (eng/packages.txt names one)");
        var folder = Directory.CreateTempSubdirectory("sallyport-compilers-");
        try
        {
            var load = Path.Combine(folder.FullName, "load");
            await RunAsync("gcc", "-O2", "-o", load, Path.Combine(Root, "eng/vm/load.c"), "-lbpf");
            foreach (var compiler in others)
            {
                var made = Path.Combine(folder.FullName, compiler);
                await RunAsync(Path.Combine(Root, "eng/build"), "--compiler", compiler, made);
                var counts = await RunAsync(load, Path.Combine(made, "sallyport.bpf.o"));
                Assert.Contains(" all\n", counts, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
