using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sallyport.Protocol.Signing;

namespace Sallyport.Protocol.ServerOverrides;

/// <summary>Signs overrides, and opens what claims to be one (ADR 0032). Who it is for, and when, is for the agent to judge.</summary>
public static class OverrideSignature
{
    /// <summary>Type of the payload.</summary>
    public const string PayloadType = "application/vnd.sallyport.override+json";

    /// <summary>An envelope, as JSON in UTF-8.</summary>
    /// <param name="glass">Within its bounds.</param>
    /// <param name="privateKey"><see cref="OwnerKey.KeyBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">It breaks a bound: nobody would open it.</exception>
    public static byte[] Sign(ServerOverride glass, byte[] privateKey)
    {
        ArgumentNullException.ThrowIfNull(glass);
        return glass.Mistake() is { } mistake
            ? throw new ArgumentException(mistake, nameof(glass))
            : Sign(JsonSerializer.SerializeToUtf8Bytes(glass, OverrideJson.Default.ServerOverride), privateKey);
    }

    /// <summary>The same of any payload: whoever has the key could sign what is no override, and nobody may open it.</summary>
    internal static byte[] Sign(ReadOnlyMemory<byte> payload, byte[] privateKey) => OwnerKey.Sign(PayloadType, payload, privateKey);

    /// <summary>Reads an envelope. Never throws, whatever the bytes.</summary>
    /// <param name="bytes">From anywhere.</param>
    /// <param name="envelope">To be opened, when true is returned.</param>
    /// <param name="why">What is wrong, when false is returned.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedEnvelope? envelope, [NotNullWhen(false)] out string? why)
    {
        envelope = OwnerKey.TryRead(bytes, OverrideLimits.EnvelopeBytes, out why);
        return why is null;
    }

    /// <summary>Opens an envelope. Never throws, whatever is in it; of the payload nothing is believed before its signature.</summary>
    /// <param name="envelope">From anywhere.</param>
    /// <param name="publicKey"><see cref="OwnerKey.KeyBytes"/> bytes.</param>
    /// <param name="glass">Within its bounds, when true is returned.</param>
    /// <param name="why">What is wrong, when false is returned; holds no text of the envelope.</param>
    public static bool TryOpen(
        SignedEnvelope envelope, byte[] publicKey, [NotNullWhen(true)] out ServerOverride? glass, [NotNullWhen(false)] out string? why)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(publicKey);
        var read = OwnerKey.TryOpen(envelope, PayloadType, OverrideJson.Default.ServerOverride, "override", publicKey, out why);
        why ??= read!.Mistake();
        glass = why is null ? read : null;
        return why is null;
    }
}
