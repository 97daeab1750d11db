namespace Sallyport.Lab.Processes;

/// <summary>
/// Builds a test project's <c>Programs/</c>: statically, so that they run in an image without libraries; a library of <c>*.so.c</c>.
/// </summary>
public static class CompiledPrograms
{
    /// <summary>Where they are, for the machine and for jobs on it.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Programs", "bin");

    /// <returns>Paths of the programs, named like their sources.</returns>
    public static Task<string[]> BuildAsync(LabNetwork network) => Task.WhenAll(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Programs"), "*.c")
            .Select(source => BuildAsync(network, Path.GetFileNameWithoutExtension(source))));

    /// <returns>Path of the program.</returns>
    public static async Task<string> BuildAsync(LabNetwork network, string name)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(name);
        var program = Path.Combine(Directory.CreateDirectory(Folder).FullName, name);
        var source = Path.Combine(AppContext.BaseDirectory, "Programs", $"{name}.c");
        string[] kind = name.EndsWith(".so", StringComparison.Ordinal) ? ["-shared", "-fPIC"] : ["-static"];
        var compiled = await network.OutsideAsync(
            ["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", .. kind, "-s", "-o", program, source]);
        return compiled.ExitCode == 0 ? program : throw new LabException($"{source}: {compiled}");
    }
}
