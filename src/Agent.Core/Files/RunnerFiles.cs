namespace Sallyport.Agent.Core.Files;

/// <summary>What an Actions runner leaves in its folders: of its registration, and of the steps.</summary>
public static class RunnerFiles
{
    private const string Settings = ".runner";
    private const string Credentials = ".credentials";
    private const string InContainer = "/__w/_temp/";

    /// <summary>Whether a path is one of the two.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Have(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.AsSpan(path.LastIndexOf('/') + 1) is Settings or Credentials;
    }

    /// <summary>Whether a path is where a container of the job's has the scripts of its steps; nothing of its image is there.</summary>
    /// <param name="path">Absolute; null is none.</param>
    public static bool IsScriptInContainer(string? path) => path?.StartsWith(InContainer, StringComparison.Ordinal) == true;

    /// <summary>The other one of the same folder.</summary>
    /// <param name="path">One of the two.</param>
    public static string Other(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path.LastIndexOf('/') + 1;
        return path[..name] + (path.AsSpan(name) is Settings ? Credentials : Settings);
    }
}
