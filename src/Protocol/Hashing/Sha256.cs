using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sallyport.Protocol.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4, section 6.2), incremental. The framework's own calls OpenSSL, which the agent must not need at
/// run time (docs/adr): this one is compared with it by a test.
/// </summary>
public sealed class Sha256 : BlockHash
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 32;

    private const int Rounds = 64;

    // Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    // Section 5.3.3.
    private static ReadOnlySpan<uint> Initial =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Ready for the first byte.</summary>
    public Sha256()
        : base(Initial)
    {
    }

    /// <summary>Digest of some bytes.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> bytes)
    {
        var hash = new Sha256();
        hash.Append(bytes);
        var digest = new byte[DigestBytes];
        hash.Finish(digest);
        return digest;
    }

    /// <summary>Digest of the rest of a stream.</summary>
    public static byte[] Digest(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var hash = new Sha256();
        var buffer = new byte[64 * 1024];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            hash.Append(buffer.AsSpan(0, read));
        }

        var digest = new byte[DigestBytes];
        hash.Finish(digest);
        return digest;
    }

    /// <inheritdoc/>
    protected override void Compress(ReadOnlySpan<byte> bytes, Span<uint> state)
    {
        // Words of the message with their constants (section 6.2.2, steps 1 and 3).
        Span<uint> words = stackalloc uint[Rounds];
        if (Ssse3.IsSupported)
        {
            ScheduleFour(bytes, words);
        }
        else
        {
            Schedule(bytes, words);
        }

        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        // Eight rounds, after which each variable is in its place again: nothing is moved.
        for (var t = 0; t < Rounds; t += 8)
        {
            var round = words.Slice(t, 8);
            h += Large1(e) + Choice(e, f, g) + round[0];
            d += h;
            h += Large0(a) + Majority(a, b, c);
            g += Large1(d) + Choice(d, e, f) + round[1];
            c += g;
            g += Large0(h) + Majority(h, a, b);
            f += Large1(c) + Choice(c, d, e) + round[2];
            b += f;
            f += Large0(g) + Majority(g, h, a);
            e += Large1(b) + Choice(b, c, d) + round[3];
            a += e;
            e += Large0(f) + Majority(f, g, h);
            d += Large1(a) + Choice(a, b, c) + round[4];
            h += d;
            d += Large0(e) + Majority(e, f, g);
            c += Large1(h) + Choice(h, a, b) + round[5];
            g += c;
            c += Large0(d) + Majority(d, e, f);
            b += Large1(g) + Choice(g, h, a) + round[6];
            f += b;
            b += Large0(c) + Majority(c, d, e);
            a += Large1(f) + Choice(f, g, h) + round[7];
            e += a;
            a += Large0(b) + Majority(b, c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    internal static void Schedule(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (var t = 0; t < 16; t++)
        {
            words[t] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(t * sizeof(uint))..]);
        }

        for (var t = 16; t < Rounds; t++)
        {
            var x = words[t - 15];
            var y = words[t - 2];
            var small0 = BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);
            var small1 = BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10);
            words[t] = words[t - 16] + small0 + words[t - 7] + small1;
        }

        for (var t = 0; t < Rounds; t++)
        {
            words[t] += Constants[t];
        }
    }

    /// <summary>The same, four words at a time.</summary>
    internal static void ScheduleFour(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        var bigEndian = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        ref var message = ref MemoryMarshal.GetReference(bytes[..BlockBytes]);
        ref var constants = ref MemoryMarshal.GetReference(Constants);
        ref var word = ref MemoryMarshal.GetReference(words[..Rounds]);
        var x0 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message), bigEndian).AsUInt32();
        var x1 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 16), bigEndian).AsUInt32();
        var x2 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 32), bigEndian).AsUInt32();
        var x3 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 48), bigEndian).AsUInt32();
        for (nuint t = 0; ; t += 16)
        {
            (x0 + Vector128.LoadUnsafe(ref constants, t)).StoreUnsafe(ref word, t);
            (x1 + Vector128.LoadUnsafe(ref constants, t + 4)).StoreUnsafe(ref word, t + 4);
            (x2 + Vector128.LoadUnsafe(ref constants, t + 8)).StoreUnsafe(ref word, t + 8);
            (x3 + Vector128.LoadUnsafe(ref constants, t + 12)).StoreUnsafe(ref word, t + 12);
            if (t == Rounds - 16)
            {
                return;
            }

            x0 = Next(x0, x1, x2, x3);
            x1 = Next(x1, x2, x3, x0);
            x2 = Next(x2, x3, x0, x1);
            x3 = Next(x3, x0, x1, x2);
        }
    }

    /// <summary>The four words after sixteen; the last two of them need the first two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(Vector128<uint> x0, Vector128<uint> x1, Vector128<uint> x2, Vector128<uint> x3)
    {
        var back15 = Ssse3.AlignRight(x1.AsByte(), x0.AsByte(), sizeof(uint)).AsUInt32();
        var back7 = Ssse3.AlignRight(x3.AsByte(), x2.AsByte(), sizeof(uint)).AsUInt32();
        var small0 = RotateRight(back15, 7) ^ RotateRight(back15, 18) ^ (back15 >>> 3);
        var first = x0 + small0 + back7 + Small1(Sse2.ShiftRightLogical128BitLane(x3, 8));
        return first + Small1(Sse2.ShiftLeftLogical128BitLane(first, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Small1(Vector128<uint> x) => RotateRight(x, 17) ^ RotateRight(x, 19) ^ (x >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight(Vector128<uint> x, int bits) => (x >>> bits) | (x << (32 - bits));

    // Section 4.1.2, with fewer operations than it writes them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Large0(uint x) =>
        BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(x, 9) ^ x, 11) ^ x, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Large1(uint x) =>
        BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(x, 14) ^ x, 5) ^ x, 6);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Choice(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Majority(uint x, uint y, uint z) => (x & y) + (z & (x ^ y));
}
