using Sallyport.Lab;
using Sallyport.Lab.Dns;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>Names of the real Internet that workflows use, and where they live in the laboratory.</summary>
public static class Internet
{
    private static readonly (string Name, string Address)[] s_hosts =
    [
        ("github.com", LabAddresses.GitHub),
        ("api.github.com", LabAddresses.GitHub),
        ("goreleaser.com", LabAddresses.Wanted),
        ("www.google.com", LabAddresses.Unwanted),
        ("archive.ubuntu.com", LabAddresses.Archive),
        ("security.ubuntu.com", LabAddresses.Archive),
        ("registry-1.docker.io", LabAddresses.Images),
        ("auth.docker.io", LabAddresses.Images),
        ("production.cloudflare.docker.com", LabAddresses.Images),
    ];

    public static void AddTo(DnsZones zones)
    {
        foreach ((string name, string address) in s_hosts)
        {
            zones.Add(name, address);
        }
    }
}
