using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Protocol.Signing;

/// <summary>
/// Keys of an owner, and what they sign: Ed25519 (RFC 8032, section 5.1) over a <see cref="SignedEnvelope"/>. The type of a payload is signed
/// with it, so that nothing of one kind passes for another. By managed code, for the framework's own would be OpenSSL's, which the agent
/// must not need at run time (ADR 0026).
/// </summary>
public static class OwnerKey
{
    /// <summary>Bytes of a key, private or public.</summary>
    public const int KeyBytes = 32;

    /// <summary>Signatures of an envelope that are looked at.</summary>
    public const int Signatures = 8;

    private const int SignatureBytes = 64;

    private const int KeyIdDigits = 32;

    /// <summary>The public key of a private one.</summary>
    /// <param name="privateKey"><see cref="KeyBytes"/> bytes.</param>
    public static byte[] PublicKeyOf(byte[] privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        ArgumentOutOfRangeException.ThrowIfNotEqual(privateKey.Length, KeyBytes);
        var key = new byte[KeyBytes];
        Ed25519.GeneratePublicKey(privateKey, 0, key, 0);
        return key;
    }

    /// <summary>Tells keys apart: the first half of the SHA-256 of a public key, hexadecimal.</summary>
    /// <param name="publicKey"><see cref="KeyBytes"/> bytes.</param>
    public static string KeyId(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(Sha256.Digest(publicKey))[..KeyIdDigits];

    /// <summary>An envelope, as JSON in UTF-8.</summary>
    internal static byte[] Sign(string payloadType, ReadOnlyMemory<byte> payload, byte[] privateKey)
    {
        var publicKey = PublicKeyOf(privateKey);
        var envelope = new SignedEnvelope(payloadType, payload, []);
        var message = envelope.SignedBytes();
        var signature = new byte[SignatureBytes];
        Ed25519.Sign(privateKey, 0, message, 0, message.Length, signature, 0);
        return JsonSerializer.SerializeToUtf8Bytes(
            envelope with { Signatures = [new EnvelopeSignature(KeyId(publicKey), signature)] }, SigningJson.Default.SignedEnvelope);
    }

    /// <summary>Reads an envelope. Never throws, whatever the bytes.</summary>
    /// <param name="envelope">From anywhere.</param>
    /// <param name="most">Bytes of it; more are not looked at.</param>
    /// <param name="why">What is wrong, when nothing is returned.</param>
    internal static SignedEnvelope? TryRead(ReadOnlySpan<byte> envelope, int most, out string? why)
    {
        var read = envelope.Length > most ? null : TryRead(envelope, SigningJson.Default.SignedEnvelope);
        why = read is not null ? null
            : envelope.Length > most ? $"it has {envelope.Length} bytes; at most {most}"
            : "it is no envelope (DSSE)";
        return read;
    }

    /// <summary>Opens an envelope. Never throws, whatever is in it; of the payload nothing is believed before its signature.</summary>
    /// <param name="envelope">From anywhere.</param>
    /// <param name="payloadType">That it is to have.</param>
    /// <param name="payload">Type of the payload.</param>
    /// <param name="name">What the payload is called when it is none.</param>
    /// <param name="publicKey"><see cref="KeyBytes"/> bytes.</param>
    /// <param name="why">What is wrong, when nothing is returned; holds no text of the envelope.</param>
    internal static T? TryOpen<T>(
        SignedEnvelope envelope, string payloadType, JsonTypeInfo<T> payload, string name, byte[] publicKey, out string? why)
        where T : class
    {
        why = envelope switch
        {
            _ when envelope.PayloadType != payloadType => $"its payload is of another type than {payloadType}",
            { Signatures: { IsDefault: true } or { Length: 0 or > Signatures } } => $"it has no 1 to {Signatures} signatures",
            _ when !IsBy(publicKey, envelope) => $"its signature is not of the key {KeyId(publicKey)}",
            _ => null,
        };
        var read = why is null ? TryRead(envelope.Payload.Span, payload) : null;
        why ??= read is null ? $"its payload is no {name}" : null;
        return read;
    }

    private static bool IsBy(byte[] publicKey, SignedEnvelope envelope)
    {
        var message = envelope.SignedBytes();
        return publicKey.Length == KeyBytes && envelope.Signatures.Any(signature => signature?.Sig.Length == SignatureBytes
            && Ed25519.Verify(signature.Sig.ToArray(), 0, publicKey, 0, message, 0, message.Length));
    }

    private static T? TryRead<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
