using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sallyport.Protocol.Signing;

/// <summary>
/// A signed document, DSSE v1 (github.com/secure-systems-lab/dsse, envelope.md):
/// <c>{"payload":"eyJ…","payloadType":"application/…+json","signatures":[{"keyid":"5f1d…","sig":"7ZKR…"}]}</c>.
/// </summary>
/// <param name="PayloadType">What the payload is; signed with it.</param>
/// <param name="Payload">Base64; its bytes are signed as they are.</param>
/// <param name="Signatures">One that counts is enough.</param>
public sealed record SignedEnvelope(string PayloadType, ReadOnlyMemory<byte> Payload, ImmutableArray<EnvelopeSignature> Signatures)
{
    /// <summary>What is signed (protocol.md, PAE): <c>DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload</c>.</summary>
    public byte[] SignedBytes()
    {
        var type = Encoding.UTF8.GetByteCount(PayloadType);
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type} {PayloadType} {Payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. Payload.Span];
    }
}
