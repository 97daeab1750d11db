using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// Builds the programs of <c>Programs/</c> statically, so that they run in an image without libraries.
/// </summary>
internal static class CompiledPrograms
{
    /// <summary>Where they are, for the machine and for jobs on it.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Programs", "bin");

    /// <returns>Paths of the programs, named like their sources.</returns>
    public static async Task<string[]> BuildAsync(LabNetwork network)
    {
        string sources = Path.Combine(AppContext.BaseDirectory, "Programs");
        Directory.CreateDirectory(Folder);
        return await Task.WhenAll(Directory.GetFiles(sources, "*.c").Select(source => BuildAsync(network, Path.GetFileNameWithoutExtension(source))));
    }

    /// <returns>Path of the program.</returns>
    public static async Task<string> BuildAsync(LabNetwork network, string name)
    {
        Directory.CreateDirectory(Folder);
        string program = Path.Combine(Folder, name);
        string source = Path.Combine(AppContext.BaseDirectory, "Programs", $"{name}.c");
        ProcessOutcome compiled = await network.OutsideAsync(
            "gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o", program, source);
        return compiled.ExitCode == 0 ? program : throw new LabException($"{source}: {compiled}");
    }
}
