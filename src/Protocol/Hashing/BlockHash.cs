using System.Buffers.Binary;

namespace Sallyport.Protocol.Hashing;

/// <summary>
/// What the hashes of FIPS 180-4 with blocks of 64 bytes have in common: blocks are filled and padded (section 5.1.1), and the
/// state is written out in the order of its words.
/// </summary>
public abstract class BlockHash
{
    /// <summary>Bytes of a block.</summary>
    protected const int BlockBytes = 64;
    private const int LengthBytes = 8;

    private readonly uint[] initial;
    private readonly uint[] state;
    private readonly byte[] block = new byte[BlockBytes];
    private int filled;
    private long total;

    /// <summary>Ready for the first byte.</summary>
    /// <param name="initial">The state before the first block.</param>
    protected BlockHash(ReadOnlySpan<uint> initial) => (this.initial, state) = (initial.ToArray(), initial.ToArray());

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        total += bytes.Length;
        if (filled > 0)
        {
            var taken = Math.Min(bytes.Length, BlockBytes - filled);
            bytes[..taken].CopyTo(block.AsSpan(filled));
            filled += taken;
            bytes = bytes[taken..];
            if (filled < BlockBytes)
            {
                return;
            }

            Compress(block, state);
            filled = 0;
        }

        for (; bytes.Length >= BlockBytes; bytes = bytes[BlockBytes..])
        {
            Compress(bytes, state);
        }

        bytes.CopyTo(block);
        filled = bytes.Length;
    }

    /// <summary>Writes the digest of all bytes so far and begins anew.</summary>
    /// <param name="digest">At least as long as a digest.</param>
    public void Finish(Span<byte> digest)
    {
        // A one bit, zeros, and the length in bits at the end of the last block.
        var bits = total * 8;
        block[filled++] = 0x80;
        if (filled > BlockBytes - LengthBytes)
        {
            block.AsSpan(filled).Clear();
            Compress(block, state);
            filled = 0;
        }

        block.AsSpan(filled).Clear();
        BinaryPrimitives.WriteInt64BigEndian(block.AsSpan(BlockBytes - LengthBytes), bits);
        Compress(block, state);
        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(i * sizeof(uint))..], state[i]);
        }

        initial.CopyTo(state, 0);
        filled = 0;
        total = 0;
    }

    /// <summary>Takes one block into the state.</summary>
    /// <param name="bytes">64 of them at least; those after the block are not its.</param>
    /// <param name="state">As long as the one of the start.</param>
    protected abstract void Compress(ReadOnlySpan<byte> bytes, Span<uint> state);
}
