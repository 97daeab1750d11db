using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary><c>Programs/</c> in a folder that jobs know as $PROGRAMS. Compiled once for all machines.</summary>
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
            compiled = s_compiled is { IsFaulted: false } ? s_compiled : s_compiled = CompiledPrograms.BuildAsync(network);
        }

        string folder = Directory.CreateDirectory(Path.Combine(network.WorkFolder, "programs")).FullName;
        foreach (string program in await compiled)
        {
            File.Copy(program, Path.Combine(folder, Path.GetFileName(program)));
        }
    }
}
