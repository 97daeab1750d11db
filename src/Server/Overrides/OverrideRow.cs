using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;

namespace Sallyport.Server.Overrides;

/// <summary>An override as it was signed.</summary>
internal sealed record OverrideRow
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    /// <summary>JSON of the envelope (DSSE).</summary>
    public required string Envelope { get; init; }

    /// <summary>That signed it, as in <c>ed25519:…</c>.</summary>
    public required string PublicKey { get; init; }

    public long UntilMs { get; init; }

    public long CreatedMs { get; init; }

    /// <summary>Null when nobody has revoked it.</summary>
    public long? RevokedMs { get; init; }

    public string? RevokedBy { get; init; }

    /// <summary>The envelope, and what was signed; null when the row is not as it was written.</summary>
    public (SignedEnvelope Envelope, ServerOverride Said)? Open() => PublicKeyText.TryRead(PublicKey, out var key)
        && OverrideSignature.TryRead(Encoding.UTF8.GetBytes(Envelope), out var envelope, out _)
        && OverrideSignature.TryOpen(envelope, key, out var said, out _)
        && (said.Id, said.Owner, said.Until * 1000) == (Id, Owner, UntilMs)
            ? (envelope, said)
            : null;

    /// <summary>Whether it has neither ended nor been revoked.</summary>
    public bool IsGiven(DateTimeOffset now) => RevokedMs is null && UntilMs > now.ToUnixTimeMilliseconds();

    /// <summary>Whether a machine that has its key takes it.</summary>
    public bool IsInForce(DateTimeOffset now) => IsGiven(now)
        && Open() is { Said: var said } && DateTimeOffset.FromUnixTimeSeconds(said.From) <= now + OverrideLimits.Ahead;
}
