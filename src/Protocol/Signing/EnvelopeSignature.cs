namespace Sallyport.Protocol.Signing;

/// <summary>A signature of an envelope.</summary>
/// <param name="Keyid">Which key, a hint: <see cref="OwnerKey.KeyId"/>. Nothing is decided by it.</param>
/// <param name="Sig">64 bytes (Ed25519, RFC 8032), base64.</param>
public sealed record EnvelopeSignature(string Keyid, ReadOnlyMemory<byte> Sig);
