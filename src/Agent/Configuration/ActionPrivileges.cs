namespace Sallyport.Agent.Configuration;

/// <summary>What the Action's inputs take away from the job.</summary>
internal enum ActionPrivileges
{
    /// <summary>Nothing.</summary>
    Kept,

    /// <summary><c>sudo: bounded</c>: root without the capabilities that reach beyond files and packages.</summary>
    BoundedSudo,

    /// <summary><c>disable-sudo</c>: sudo, and the docker group as another way to the same.</summary>
    WithoutSudo,

    /// <summary><c>disable-sudo-and-containers</c>: sudo, Docker, containerd, podman and their sockets.</summary>
    WithoutSudoAndContainers,
}
