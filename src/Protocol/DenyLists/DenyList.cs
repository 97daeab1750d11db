using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.DenyLists;

/// <summary>
/// What an owner refuses to every job of the machines that trust its key. Payload of a <see cref="Signing.SignedEnvelope"/>:
/// <c>{"owner":"octo","version":7,"issued":1764158400,"entries":[{"endpoint":"evil.example","reason":"miner"}]}</c>.
/// </summary>
/// <param name="Owner">Organisation or user, lower case; 1 to <see cref="DenyListLimits.OwnerCharacters"/> characters.</param>
/// <param name="Version">From 1; a machine never goes back.</param>
/// <param name="Issued">When it was signed, seconds since 1970.</param>
/// <param name="Entries">At most <see cref="DenyListLimits.Entries"/>; empty denies nothing.</param>
public sealed record DenyList(string Owner, int Version, long Issued, ImmutableArray<DeniedEndpoint> Entries)
{
    /// <summary>As reports and people name it: <c>deny list version 7 of octo</c>.</summary>
    [JsonIgnore]
    public string Name => string.Create(CultureInfo.InvariantCulture, $"deny list version {Version} of {Owner}");

    /// <summary>Whether both say the same.</summary>
    /// <param name="other">Another.</param>
    public bool IsSameAs(DenyList other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Owner, Version, Issued) == (other.Owner, other.Version, other.Issued) && Entries.SequenceEqual(other.Entries);
    }

    /// <summary>What breaks a bound; null when nothing does. A value from outside may hold null where the type has none.</summary>
    internal string? Mistake() => this switch
    {
        { Owner.Length: 0 or > DenyListLimits.OwnerCharacters } => $"the owner has no 1 to {DenyListLimits.OwnerCharacters} characters",
        { Version: < 1 } => "the version is below 1",
        { Issued: < 0 } => "it was signed before 1970",
        { Entries.IsDefault: true } => "it has no entries",
        { Entries.Length: > DenyListLimits.Entries } => $"it has {Entries.Length} entries; at most {DenyListLimits.Entries}",
        _ when HasControl(Owner) || !Entries.All(IsEntry) => "an entry, or the owner, is no line of text within its bounds",
        _ => null,
    };

    private static bool IsEntry(DeniedEndpoint? entry) => entry is
    {
        Endpoint.Length: > 0 and <= DenyListLimits.EndpointCharacters,
        Reason.Length: > 0 and <= DenyListLimits.ReasonCharacters,
    } && !HasControl(entry.Endpoint) && !HasControl(entry.Reason);

    private static bool HasControl(string text) => text.Any(char.IsControl);
}
