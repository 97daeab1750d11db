using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;

namespace Sallyport.Server.DenyLists;

/// <summary>A version of an owner's deny list, as it was signed.</summary>
internal sealed record DenyListRow
{
    public required string Owner { get; init; }

    public int Number { get; init; }

    /// <summary>JSON of the envelope (DSSE).</summary>
    public required string Envelope { get; init; }

    /// <summary>That signed it, as in <c>ed25519:…</c>.</summary>
    public required string PublicKey { get; init; }

    public string Author { get; init; } = "";

    public string? Comment { get; init; }

    public long CreatedMs { get; init; }

    /// <summary>What was signed; null when the row is not as it was written.</summary>
    public DenyList? Open() => PublicKeyText.TryRead(PublicKey, out var key)
        && DenyListSignature.TryOpen(Encoding.UTF8.GetBytes(Envelope), key, out var list, out _)
        && list.Owner == Owner && list.Version == Number
            ? list
            : null;
}
