namespace Sallyport.Policy.Groups;

/// <summary>Archives of distributions and images. apt speaks HTTP: its index is signed.</summary>
internal static class DistributionGroups
{
    public static EndpointGroup Debian { get; } = EndpointGroup.Of("debian", "apt on Debian",
        ("deb.debian.org:80", "packages"),
        ("deb.debian.org:443", "packages over TLS"),
        ("security.debian.org:80", "security updates"),
        ("security.debian.org:443", "security updates over TLS"));

    public static EndpointGroup Ubuntu { get; } = EndpointGroup.Of("ubuntu", "apt on Ubuntu and on hosted runners",
        ("archive.ubuntu.com:80", "packages"),
        ("archive.ubuntu.com:443", "packages over TLS"),
        ("security.ubuntu.com:80", "security updates"),
        ("security.ubuntu.com:443", "security updates over TLS"),
        ("ports.ubuntu.com:80", "packages for ARM"),
        ("azure.archive.ubuntu.com:80", "mirror that hosted runners are set to"));

    public static EndpointGroup DockerHub { get; } = EndpointGroup.Of("docker-hub", "docker pull from Docker Hub",
        ("registry-1.docker.io:443", "manifests"),
        ("auth.docker.io:443", "tokens"),
        ("index.docker.io:443", "registry under its older name"),
        ("production.cloudflare.docker.com:443", "layers"),
        ("docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com:443",
            "layers; the bucket by its exact name, its zone is open to everybody"));
}
