using System.Reflection;

namespace Sallyport.Lab;

/// <summary>What the laboratory is told from outside.</summary>
/// <param name="Product">Path of the binary that is tested.</param>
public sealed record LabOptions(string Product)
{
    /// <summary>
    /// The client's device with the addresses is a bridge, and the wire one of its ports, as on a host of virtual machines.
    /// </summary>
    public bool UplinkIsBridge { get; init; }

    /// <summary>
    /// The client's resolv.conf names this address of loopback alone, and the file of systemd-resolved the servers that the stub
    /// there asks. Who answers there is the test's to start.
    /// </summary>
    public string? Stub { get; init; }

    /// <summary>Folder of this repository.</summary>
    public static string RepositoryRoot { get; } = typeof(LabOptions).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>The only place that reads the environment: SALLYPORT, else out/sallyport of this repository.</summary>
    public static LabOptions FromEnvironment()
    {
#pragma warning disable RS0030 // this is the one place
        var path = Environment.GetEnvironmentVariable("SALLYPORT");
#pragma warning restore RS0030
        return new LabOptions(
            string.IsNullOrEmpty(path) ? Path.Combine(RepositoryRoot, "out", "sallyport") : Path.GetFullPath(path));
    }
}
