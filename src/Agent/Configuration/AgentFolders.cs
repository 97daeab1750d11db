namespace Sallyport.Agent.Configuration;

/// <summary>Where the agent keeps what is not the user's. Constants: a variable here would be a way to lead root astray.</summary>
internal static class AgentFolders
{
    /// <summary>Goes at reboot.</summary>
    internal const string State = "/run/sallyport";

    /// <summary>Where `job` and the service meet (CONTRACTS, control socket). Anybody may connect; the peer's identity decides.</summary>
    internal const string ControlSocket = State + "/control.sock";

    /// <summary>One socket per job of a runner, for root alone.</summary>
    internal const string Controls = State + "/controls";

    /// <summary>Sockets that the clients of a runner's job are led to: anybody may go through, the sockets' own modes decide.</summary>
    internal const string Led = State + "/led";

    /// <summary>What jobs of runners leave, one folder per job, for root and the job's group.</summary>
    internal const string Results = "/var/lib/sallyport/jobs";

    /// <summary>What jobs changed on the machine and is to be undone, one file per job: on disk, for it outlives a reboot.</summary>
    internal const string Undo = "/var/lib/sallyport/undo";

    /// <summary>Modules for sudo, one per job whose root has bounds: not below /run, where systems forbid to execute.</summary>
    internal const string Bounds = "/var/lib/sallyport/bounds";

    /// <summary>The last answers of policy stores.</summary>
    internal const string Policies = "/var/lib/sallyport/policies";

    /// <summary>The last deny lists that were accepted, by their keys.</summary>
    internal const string DenyLists = "/var/lib/sallyport/deny-lists";

    /// <summary>Bodies of requests to a server, one folder per uploader.</summary>
    internal const string Uploads = State + "/uploads";

    /// <summary>One file per job that is running.</summary>
    internal const string Jobs = State + "/jobs";

    /// <summary>A BPF file system: names of what is attached for runners' jobs, one folder per job.</summary>
    internal const string Pins = State + "/bpf";

    /// <summary>Sockets in the place of container runtimes', one folder per job.</summary>
    internal const string Sockets = State + "/sockets";

    /// <summary>Recordings as they grow, one folder per job: on disk, not in memory as /run is.</summary>
    internal const string Spool = "/var/lib/sallyport/spool";
}
