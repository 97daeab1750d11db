using Sallyport.Agent.Host;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Executables;

/// <summary>
/// SHA-256 of much: a compiler or an interpreter has a hundred megabytes, and each job reads its own. By the processor's own
/// instructions where it has them, which managed code cannot call (docs/adr/0037).
/// </summary>
internal sealed unsafe class FileDigest
{
    private readonly byte[] context = new byte[Interop.Crypto.Sha256Context];

    internal FileDigest()
    {
        fixed (byte* state = context)
        {
            _ = Interop.Crypto.SHA256_Init(state);
        }
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* state = context)
        fixed (byte* start = bytes)
        {
            _ = Interop.Crypto.SHA256_Update(state, start, (nuint)bytes.Length);
        }
    }

    /// <summary>Once: the state is gone then.</summary>
    /// <param name="digest">Of <see cref="Sha256.DigestBytes"/>.</param>
    internal void Finish(Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, Sha256.DigestBytes);
        fixed (byte* state = context)
        fixed (byte* start = digest)
        {
            _ = Interop.Crypto.SHA256_Final(start, state);
        }
    }
}
