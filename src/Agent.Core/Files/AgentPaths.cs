namespace Sallyport.Agent.Core.Files;

/// <summary>Where the agent, its settings and what it keeps are installed.</summary>
public static class AgentPaths
{
    private static readonly string[] Paths =
    [
        "/etc/sallyport", "/var/lib/sallyport", "/run/sallyport", "/opt/sallyport", "/usr/bin/sallyport", "/usr/local/bin/sallyport",
    ];

    /// <summary>Whether what is mounted at a path would cover some of it.</summary>
    public static bool AreCoveredBy(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Array.Exists(Paths, own => FolderPath.IsSameOrBelow(path, own) || FolderPath.IsSameOrBelow(own, path));
    }
}
