namespace Sallyport.Agent.Core.Files;

/// <summary>What an Actions runner leaves in its folders: of its registration, and of the steps.</summary>
public static class RunnerFiles
{
    private const string Settings = ".runner";
    private const string Credentials = ".credentials";
    private const string Temporary = "/_temp/";

    /// <summary>Whether a path is one of the two.</summary>
    /// <param name="path">Absolute.</param>
    public static bool Have(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.AsSpan(path.LastIndexOf('/') + 1) is Settings or Credentials;
    }

    /// <summary>Whether a path is where a runner puts the scripts of its steps, on the machine or in a container of the job.</summary>
    /// <param name="path">Absolute; null is none.</param>
    public static bool IsScript(string? path) => path?.Contains(Temporary, StringComparison.Ordinal) == true;

    /// <summary>The other one of the same folder.</summary>
    /// <param name="path">One of the two.</param>
    public static string Other(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path.LastIndexOf('/') + 1;
        return path[..name] + (path.AsSpan(name) is Settings ? Credentials : Settings);
    }
}
