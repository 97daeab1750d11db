namespace Sallyport.Agent.Core.DockerApi;

/// <summary>What a request to Docker's Engine API (and Podman's, which is the same) means for who owns a container.</summary>
public enum DockerAction
{
    /// <summary>Nothing: it reads, stops, names.</summary>
    Other = 0,

    /// <summary><c>POST /containers/create</c>: the reply names a container of whoever asks.</summary>
    CreateContainer,

    /// <summary><c>POST /containers/NAME/start</c> or <c>restart</c>.</summary>
    StartContainer,

    /// <summary><c>POST /containers/NAME/exec</c>: the reply names an exec.</summary>
    CreateExec,

    /// <summary><c>POST /exec/ID/start</c>: a process joins that exec's container; the connection becomes its stream.</summary>
    StartExec,

    /// <summary><c>POST /containers/NAME/attach</c>: the connection becomes the container's stream.</summary>
    Attach,

    /// <summary><c>GET</c>, <c>HEAD</c>, <c>PUT /containers/NAME/archive</c>: files out of a container or into it.</summary>
    CopyFiles,

    /// <summary><c>POST /build</c>: the daemon makes containers until the reply ends, by either of its builders.</summary>
    Build,

    /// <summary><c>POST /build?version=2</c>: the same, and a Docker Engine gives it to BuildKit.</summary>
    BuildByBuildKit,

    /// <summary><c>POST /session</c>, <c>POST /grpc</c>: BuildKit speaks on the connection, until it closes.</summary>
    BuildKit,

    /// <summary>Pull, push, search, sign in: the daemon speaks to a registry until the reply ends.</summary>
    Registry,

    /// <summary><c>POST /containers/NAME/update</c>: other limits; with podman also where it is to write.</summary>
    UpdateContainer,

    /// <summary><c>POST /volumes/create</c>: a folder for containers, or what its options say.</summary>
    CreateVolume,

    /// <summary>May make containers in ways that name nobody, now or later: swarm, plug-ins, whatever is not known.</summary>
    Untold,
}
