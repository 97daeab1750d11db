using Sallyport.Protocol.DenyLists;

namespace Sallyport.Agent.Upload;

/// <summary>A deny list whose signature was verified.</summary>
/// <param name="List">What it says.</param>
/// <param name="Envelope">What it was opened from, to be verified again by whoever reads it later.</param>
internal sealed record OpenedDenyList(DenyList List, ReadOnlyMemory<byte> Envelope)
{
    /// <summary>Null when the bytes are no deny list that the key has signed.</summary>
    internal static OpenedDenyList? TryOpen(byte[] envelope, byte[] key, out string? why) =>
        DenyListSignature.TryOpen(envelope, key, out var list, out why) ? new OpenedDenyList(list, envelope) : null;
}
