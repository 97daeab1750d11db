using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Protocol.DenyLists;

/// <summary>
/// Signs deny lists, and opens what claims to be one: Ed25519 (RFC 8032, section 5.1) over a <see cref="SignedEnvelope"/>. By managed
/// code, for the framework's own would be OpenSSL's, which the agent must not need at run time (ADR 0026).
/// </summary>
public static class DenyListSignature
{
    /// <summary>Type of the payload.</summary>
    public const string PayloadType = "application/vnd.sallyport.deny-list+json";

    /// <summary>Bytes of a key, private or public.</summary>
    public const int KeyBytes = 32;

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
    /// <param name="list">Within its bounds.</param>
    /// <param name="privateKey"><see cref="KeyBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The list breaks a bound: nobody would open it.</exception>
    public static byte[] Sign(DenyList list, byte[] privateKey)
    {
        ArgumentNullException.ThrowIfNull(list);
        if (list.Mistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(list));
        }

        return Sign(JsonSerializer.SerializeToUtf8Bytes(list, DenyListJson.Default.DenyList), privateKey);
    }

    /// <summary>The same of any payload: whoever has the key could sign what is no list, and nobody may open it.</summary>
    internal static byte[] Sign(ReadOnlyMemory<byte> payload, byte[] privateKey)
    {
        var publicKey = PublicKeyOf(privateKey);
        var envelope = new SignedEnvelope(PayloadType, payload, []);
        var message = envelope.SignedBytes();
        var signature = new byte[SignatureBytes];
        Ed25519.Sign(privateKey, 0, message, 0, message.Length, signature, 0);
        return JsonSerializer.SerializeToUtf8Bytes(
            envelope with { Signatures = [new EnvelopeSignature(KeyId(publicKey), signature)] }, DenyListJson.Default.SignedEnvelope);
    }

    /// <summary>Opens an envelope. Never throws, whatever the bytes; of the payload nothing is believed before its signature.</summary>
    /// <param name="envelope">From anywhere.</param>
    /// <param name="publicKey"><see cref="KeyBytes"/> bytes.</param>
    /// <param name="list">Within its bounds, when true is returned.</param>
    /// <param name="why">What is wrong, when false is returned; holds no text of the envelope.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> envelope, byte[] publicKey, [NotNullWhen(true)] out DenyList? list, [NotNullWhen(false)] out string? why)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        list = null;
        why = envelope.Length > DenyListLimits.EnvelopeBytes
            ? $"it has {envelope.Length} bytes; at most {DenyListLimits.EnvelopeBytes}"
            : TryRead(envelope, DenyListJson.Default.SignedEnvelope) switch
            {
                null => "it is no envelope (DSSE)",
                { PayloadType: not PayloadType } => $"its payload is of another type than {PayloadType}",
                { Signatures: { IsDefault: true } or { Length: 0 or > DenyListLimits.Signatures } } =>
                    $"it has no 1 to {DenyListLimits.Signatures} signatures",
                { } signed => Open(signed, publicKey, out list),
            };
        return list is not null;
    }

    /// <summary>Null, and the list, when the key has signed it; else what is wrong.</summary>
    private static string? Open(SignedEnvelope envelope, byte[] publicKey, out DenyList? list)
    {
        list = null;
        var message = envelope.SignedBytes();
        if (!envelope.Signatures.Any(signature => IsBy(publicKey, signature, message)))
        {
            return $"its signature is not of the key {KeyId(publicKey)}";
        }

        var read = TryRead(envelope.Payload.Span, DenyListJson.Default.DenyList);
        var mistake = read is null ? "its payload is no deny list" : read.Mistake();
        list = mistake is null ? read : null;
        return mistake;
    }

    private static bool IsBy(byte[] publicKey, EnvelopeSignature? signature, byte[] message) =>
        publicKey.Length == KeyBytes && signature?.Sig.Length == SignatureBytes
        && Ed25519.Verify(signature.Sig.ToArray(), 0, publicKey, 0, message, 0, message.Length);

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
