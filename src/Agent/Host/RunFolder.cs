namespace Sallyport.Agent.Host;

/// <summary>What lies below /run is called /var/run as well (file-hierarchy(7)).</summary>
internal static class RunFolder
{
    private const string Run = "/run/";
    private const string Var = "/var";

    /// <summary>The shorter name of the two.</summary>
    internal static string Short(string path) =>
        path.StartsWith(Var + Run, StringComparison.Ordinal) ? path[Var.Length..] : path;

    /// <summary>A path by all its names.</summary>
    internal static string[] NamesOf(string path) =>
        Short(path) is var name && name.StartsWith(Run, StringComparison.Ordinal) ? [name, Var + name] : [path];
}
