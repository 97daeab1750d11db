using System.Net;

namespace Sallyport.Demo.World;

/// <summary>Who lives where. All addresses are of RFC 5737's TEST-NET-2, in a namespace without a way out.</summary>
internal static class WorldAddresses
{
    internal const string RegistryName = "registry.demo.test";

    internal const string CollectorName = "evil.demo.test";

    internal static IPAddress NameServer { get; } = IPAddress.Parse("198.51.100.53");

    internal static IPAddress Registry { get; } = IPAddress.Parse("198.51.100.10");

    internal static IPAddress Collector { get; } = IPAddress.Parse("198.51.100.66");
}
