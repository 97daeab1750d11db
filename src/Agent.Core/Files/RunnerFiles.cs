namespace Sallyport.Agent.Core.Files;

/// <summary>What the registration of an Actions runner leaves in its folder.</summary>
public static class RunnerFiles
{
    private const string Settings = ".runner";
    private const string Credentials = ".credentials";

    /// <summary>Whether a path is one of the two.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Have(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.AsSpan(path.LastIndexOf('/') + 1) is Settings or Credentials;
    }

    /// <summary>The other one of the same folder.</summary>
    /// <param name="path">One of the two.</param>
    public static string Other(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path.LastIndexOf('/') + 1;
        return path[..name] + (path.AsSpan(name) is Settings ? Credentials : Settings);
    }
}
