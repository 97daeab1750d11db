namespace Sallyport.Wire;

/// <summary><c>enum sp_daemon_kind</c>: whose a Unix socket is that a process of the job connected to.</summary>
public enum DaemonKind : uint
{
    /// <summary>Not on a list: the agent compares the inode.</summary>
    Other = 0,

    /// <summary>A container runtime's.</summary>
    Runtime = 1,

    /// <summary>A daemon's that was there before the job.</summary>
    Helper = 2,

    /// <summary>The same, and block mode did not let it.</summary>
    RefusedHelper = 3,

    /// <summary>That of a service that looks names up; block mode refuses it, and tells nobody of it.</summary>
    Names = 4,
}
