using System.Globalization;
using Sallyport.Baseline;
using Sallyport.Protocol.Report;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights;

/// <summary>A destination as the lists keep it: what the job wrote is cleaned. Ordered, so that all that take several take them in one order.</summary>
internal readonly record struct DestinationKey(string Protocol, string Host, int Port) : IComparable<DestinationKey>
{
    /// <summary>Characters of what a job wrote, in one column.</summary>
    public const int MaximumText = 400;

    public static DestinationKey Of(SeenDestination seen) => Of(seen.Protocol, seen.Host, seen.Port);

    public static DestinationKey Of(ConnectionDocument connection) => Of(connection.Protocol, connection.Destination, connection.Port);

    public int CompareTo(DestinationKey other) =>
        string.CompareOrdinal(Protocol, other.Protocol) is not 0 and var byProtocol ? byProtocol
            : string.CompareOrdinal(Host, other.Host) is not 0 and var byHost ? byHost
            : Port.CompareTo(other.Port);

    /// <summary>As in <c>tcp://example.com:443</c>; an address of IPv6 stands without brackets.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Protocol}://{Host}:{Port}");

    private static DestinationKey Of(string protocol, string host, int port) =>
        new(DatabaseText.Clean(protocol, MaximumText), DatabaseText.Clean(host, MaximumText), port);
}
