using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Files;

/// <summary>Which files in temporary folders a process begins to run. Nothing is allocated for a program that has to do with none.</summary>
internal static class TemporaryProgram
{
    private const int MostArguments = 32;

    /// <param name="value">An exec.</param>
    /// <param name="container">Where its files are; null on the machine.</param>
    /// <returns>Their paths on the machine.</returns>
    internal static string[] Of(in ProcessExecutedEvent value, ContainerPaths? container)
    {
        if (container is null && !IsNear(value.Exe) && !IsNear(value.Cwd) && !IsNear(value.Argv))
        {
            return [];
        }

        var exe = Encoding.UTF8.GetString(value.Exe);
        var argv = Encoding.UTF8.GetString(value.Argv).Split('\0', MostArguments + 1);
        var script = ProgramFile.ScriptOf(exe, argv, Encoding.UTF8.GetString(value.Cwd));
        var programs = new[] { exe, script }.OfType<string>();
        return container is null
            ? [.. programs.Where(OpenFolders.Have)]
            : [.. programs.Where(path => !ProgramFile.IsOfSystem(path)).Select(path => Placed(path, container)).OfType<string>()];
    }

    private static string? Placed(string path, ContainerPaths container) =>
        container.ToMachine(path) is { } outer && (OpenFolders.HaveInContainer(path) || OpenFolders.Have(outer)) ? outer : null;

    private static bool IsNear(ReadOnlySpan<byte> text) => text.IndexOf("/tmp"u8) >= 0 || text.IndexOf("/dev/shm"u8) >= 0;
}
