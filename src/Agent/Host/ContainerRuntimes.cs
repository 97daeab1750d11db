using System.Collections.Immutable;

namespace Sallyport.Agent.Host;

/// <summary>Container runtimes whose sockets are here.</summary>
internal static class ContainerRuntimes
{
    private static readonly (string Name, string Socket)[] Known =
    [
        ("docker", "/run/docker.sock"),
        ("docker", "/var/run/docker.sock"),
        ("containerd", "/run/containerd/containerd.sock"),
        ("podman", "/run/podman/podman.sock"),
        ("buildkit", "/run/buildkit/buildkitd.sock"),
        ("cri-o", "/run/crio/crio.sock"),
    ];

    /// <summary>Name and socket of each, one line per runtime.</summary>
    internal static ImmutableArray<string> Found() =>
        [.. Known.Where(k => File.Exists(k.Socket)).DistinctBy(k => k.Name).Select(k => $"{k.Name} ({k.Socket})")];
}
