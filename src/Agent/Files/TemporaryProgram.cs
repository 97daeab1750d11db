using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Files;

/// <summary>Which files in temporary folders a process begins to run. Nothing is allocated for a program that has to do with none.</summary>
internal static class TemporaryProgram
{
    private const int MostArguments = 32;

    internal static string[] Of(in ProcessExecutedEvent value)
    {
        if (!IsNear(value.Exe) && !IsNear(value.Cwd) && !IsNear(value.Argv))
        {
            return [];
        }

        var exe = Encoding.UTF8.GetString(value.Exe);
        var argv = Encoding.UTF8.GetString(value.Argv).Split('\0', MostArguments + 1);
        var script = ProgramFile.ScriptOf(exe, argv, Encoding.UTF8.GetString(value.Cwd));
        return [.. new[] { exe, script }.OfType<string>().Where(OpenFolders.Have)];
    }

    private static bool IsNear(ReadOnlySpan<byte> text) => text.IndexOf("/tmp"u8) >= 0 || text.IndexOf("/dev/shm"u8) >= 0;
}
