using System.Collections.Immutable;

namespace Sallyport.Protocol.Recording;

/// <summary>An answer leased addresses to a name.</summary>
/// <param name="Name">The question's name.</param>
/// <param name="Addresses">Leased.</param>
/// <param name="RefusedAddresses">Count of addresses that leased nothing (private, link-local, loopback, table full).</param>
/// <param name="TtlSeconds">Smallest TTL of the answer.</param>
public sealed record NameResolved(
    string Name,
    ImmutableArray<string> Addresses,
    int RefusedAddresses,
    uint TtlSeconds) : RecordedEvent;
