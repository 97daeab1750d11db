namespace Sallyport.Runner;

/// <summary>Looks a program up in a PATH, as the runner's WhichUtil does.</summary>
internal static class Programs
{
    public static string? Find(string name, string? path) =>
        (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(file => File.Exists(file) && (File.GetUnixFileMode(file) & UnixFileMode.OtherExecute) != 0);

    public static string Need(string name, string? path) => Find(name, path)
        ?? throw new RunnerException($"{name}: command not found in PATH={path}");
}
