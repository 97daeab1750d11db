using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>Builds <c>Programs/</c> into a folder that jobs know as $PROGRAMS: static programs, and a library of *.so.c.</summary>
internal static class TestPrograms
{
    public const string Folder = $"{RunnerMachine.Work}/programs";

    public static async Task BuildAsync(LabNetwork network)
    {
        Directory.CreateDirectory(Path.Combine(network.WorkFolder, "programs"));
        await Task.WhenAll(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Programs"), "*.c").Select(async source =>
        {
            string[] kind = source.EndsWith(".so.c", StringComparison.Ordinal) ? ["-shared", "-fPIC"] : ["-static"];
            ProcessOutcome compiled = await network.OutsideAsync([
                "gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", .. kind, "-s",
                "-o", $"{Folder}/{Path.GetFileNameWithoutExtension(source)}", source]);
            if (compiled.ExitCode != 0)
            {
                throw new LabException($"{source}: {compiled}");
            }
        }));
    }
}
