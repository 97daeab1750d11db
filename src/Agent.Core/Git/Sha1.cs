using System.Buffers.Binary;
using System.Numerics;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Core.Git;

/// <summary>
/// SHA-1 (FIPS 180-4, section 6.1), incremental: what git calls content by. It names, it protects nothing: that content was
/// written is known from the kernel. The framework's own calls OpenSSL, which the agent must not need; a test compares them.
/// </summary>
public sealed class Sha1 : BlockHash
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 20;

    private const int Rounds = 80;

    /// <summary>Ready for the first byte: section 5.3.1.</summary>
    public Sha1()
        : base([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0])
    {
    }

    /// <inheritdoc/>
    protected override void Compress(ReadOnlySpan<byte> bytes, Span<uint> state)
    {
        Span<uint> words = stackalloc uint[Rounds];
        for (var i = 0; i < 16; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..]);
        }

        for (var i = 16; i < Rounds; i++)
        {
            words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        }

        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var i = 0; i < Rounds; i++)
        {
            // Section 4.1.1 and 4.2.1: choice, parity, majority, parity, each for twenty rounds.
            var (f, k) = (i / 20) switch
            {
                0 => ((b & c) | (~b & d), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            var next = BitOperations.RotateLeft(a, 5) + f + e + k + words[i];
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
