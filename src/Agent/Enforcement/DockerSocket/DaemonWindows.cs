namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>For whom daemons do what they do by themselves, all daemons together.</summary>
internal sealed class DaemonWindows(IOwnerTable owners, BuildsUnderWay builds)
{
    /// <summary>What BuildKit builds, by name.</summary>
    internal BuildsUnderWay Builds { get; } = builds;

    /// <summary>Containers with an id, made for a Dockerfile.</summary>
    internal OwnerWindow ClassicBuild { get; } = new(owner => owners.SetBuild(buildKit: false, owner));

    internal OwnerWindow BuildKit { get; } = new(owner => owners.SetBuild(buildKit: true, owner));

    /// <summary>What a daemon itself sends: to a registry, or for a build.</summary>
    internal OwnerWindow Work { get; } = new(owners.SetDaemonWork);
}
