namespace Sallyport.Agent.Configuration;

/// <summary>Where the agent keeps what is not the user's. Constants: a variable here would be a way to lead root astray.</summary>
internal static class AgentFolders
{
    /// <summary>Goes at reboot.</summary>
    internal const string State = "/run/sallyport";

    /// <summary>One file per job that is running.</summary>
    internal const string Jobs = State + "/jobs";

    /// <summary>Sockets in the place of container runtimes', one folder per job.</summary>
    internal const string Sockets = State + "/sockets";

    /// <summary>Recordings as they grow, one folder per job: on disk, not in memory as /run is.</summary>
    internal const string Spool = "/var/lib/sallyport/spool";
}
