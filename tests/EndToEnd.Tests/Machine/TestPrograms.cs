using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// <c>Programs/</c> in a folder that jobs know as $PROGRAMS: static programs, and a library of *.so.c. Compiled once for all machines.
/// </summary>
internal static class TestPrograms
{
    public const string Folder = $"{RunnerMachine.Work}/programs";

    private static readonly Lock s_lock = new();
    private static Task<string[]>? s_compiled;

    public static async Task BuildAsync(LabNetwork network)
    {
        Task<string[]> compiled;
        lock (s_lock)
        {
            compiled = s_compiled is { IsFaulted: false } ? s_compiled : s_compiled = CompileAsync(network);
        }

        string folder = Directory.CreateDirectory(Path.Combine(network.WorkFolder, "programs")).FullName;
        foreach (string program in await compiled)
        {
            File.Copy(program, Path.Combine(folder, Path.GetFileName(program)));
        }
    }

    /// <returns>Paths of the programs, named like their sources.</returns>
    private static async Task<string[]> CompileAsync(LabNetwork network)
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "Programs", "bin")).FullName;
        return await Task.WhenAll(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Programs"), "*.c").Select(async source =>
        {
            string program = Path.Combine(folder, Path.GetFileNameWithoutExtension(source));
            string[] kind = source.EndsWith(".so.c", StringComparison.Ordinal) ? ["-shared", "-fPIC"] : ["-static"];
            ProcessOutcome outcome = await network.OutsideAsync(
                ["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", .. kind, "-s", "-o", program, source]);
            return outcome.ExitCode == 0 ? program : throw new LabException($"{source}: {outcome}");
        }));
    }
}
