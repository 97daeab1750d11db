namespace Sallyport.Agent.Core.Git;

/// <summary>
/// zlib (RFC 1950) around deflate (RFC 1951), all at once: what git keeps objects in. Pure and bounded by the length that
/// the caller expects; never throws. The checksum is not compared: an object's own hash is.
/// </summary>
public static class Inflater
{
    private const int MostBits = 15;
    private const int EndOfBlock = 256;
    private const int Literals = 288;
    private const int Distances = 30;

    // RFC 1951, 3.2.5.
    private static ReadOnlySpan<ushort> LengthBase =>
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ];

    private static ReadOnlySpan<byte> LengthBits =>
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBase =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ];

    private static ReadOnlySpan<byte> DistanceBits =>
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // 3.2.7.
    private static ReadOnlySpan<byte> CodeOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Inflates until the target is full or the data ends.</summary>
    /// <param name="data">From the two bytes of zlib's header on; more may follow.</param>
    /// <param name="target">As long as the object at most.</param>
    /// <param name="written">Bytes of the target that are filled.</param>
    /// <returns>False when the data is no zlib, or is cut off before the target is full.</returns>
    public static bool TryInflate(ReadOnlySpan<byte> data, Span<byte> target, out int written)
    {
        written = 0;
        if (data.Length < 2 || (data[0] & 0xf) != 8 || ((data[0] << 8) | data[1]) % 31 != 0 || (data[1] & 0x20) != 0)
        {
            return false;
        }

        var bits = new BitSource(data[2..]);
        while (written < target.Length)
        {
            var last = bits.Take(1);
            if (!(bits.Take(2) switch
            {
                0 => TryStored(ref bits, target, ref written),
                1 => TryBlock(ref bits, target, ref written, Huffman.FixedLiterals, Huffman.FixedDistances),
                2 => TryTables(ref bits, out var literals, out var distances)
                    && TryBlock(ref bits, target, ref written, literals, distances),
                _ => false,
            }))
            {
                return false;
            }

            if (last == 1)
            {
                return !bits.IsOver;
            }
        }

        return !bits.IsOver;
    }

    private static bool TryStored(ref BitSource bits, Span<byte> target, ref int written)
    {
        var bytes = bits.TakeStored();
        var taken = Math.Min(bytes.Length, target.Length - written);
        bytes[..taken].CopyTo(target[written..]);
        written += taken;
        return !bits.IsOver;
    }

    private static bool TryTables(ref BitSource bits, out Huffman literals, out Huffman distances)
    {
        literals = distances = Huffman.FixedDistances;
        var count = bits.Take(5) + 257;
        var distanceCount = bits.Take(5) + 1;
        var codes = bits.Take(4) + 4;
        Span<byte> lengths = stackalloc byte[Literals + 32];
        lengths.Clear();
        for (var i = 0; i < codes; i++)
        {
            lengths[CodeOrder[i]] = (byte)bits.Take(3);
        }

        var code = new Huffman(lengths[..19]);
        lengths.Clear();
        for (var i = 0; i < count + distanceCount;)
        {
            var symbol = code.Take(ref bits);
            var (value, times) = symbol switch
            {
                >= 0 and < 16 => ((byte)symbol, 1),
                16 when i > 0 => (lengths[i - 1], 3 + bits.Take(2)),
                17 => ((byte)0, 3 + bits.Take(3)),
                18 => ((byte)0, 11 + bits.Take(7)),
                _ => ((byte)0, 0),
            };
            if (times == 0 || i + times > count + distanceCount || i + times > lengths.Length)
            {
                return false;
            }

            lengths.Slice(i, times).Fill(value);
            i += times;
        }

        literals = new Huffman(lengths[..Math.Min(count, Literals)]);
        distances = new Huffman(lengths.Slice(count, distanceCount));
        return !bits.IsOver;
    }

    private static bool TryBlock(
        ref BitSource bits, Span<byte> target, ref int written, Huffman literals, Huffman distances)
    {
        while (true)
        {
            var symbol = literals.Take(ref bits);
            if (symbol < 0 || bits.IsOver)
            {
                return false;
            }

            if (symbol == EndOfBlock || written >= target.Length)
            {
                return true;
            }

            if (symbol < EndOfBlock)
            {
                target[written++] = (byte)symbol;
                continue;
            }

            if (!TryRepeat(ref bits, symbol - EndOfBlock - 1, target, ref written, distances))
            {
                return false;
            }
        }
    }

    private static bool TryRepeat(ref BitSource bits, int code, Span<byte> target, ref int written, Huffman distances)
    {
        if (code >= LengthBase.Length)
        {
            return false;
        }

        var length = LengthBase[code] + bits.Take(LengthBits[code]);
        var symbol = distances.Take(ref bits);
        if (symbol is < 0 or >= Distances)
        {
            return false;
        }

        var distance = DistanceBase[symbol] + bits.Take(DistanceBits[symbol]);
        if (distance > written)
        {
            return false;
        }

        // Byte by byte: a repeat may overlap itself.
        for (var end = Math.Min(written + length, target.Length); written < end; written++)
        {
            target[written] = target[written - distance];
        }

        return true;
    }

    /// <summary>Canonical Huffman codes (3.2.2), decoded by counting: slow beside tables, short beside them too.</summary>
    private sealed class Huffman
    {
        private readonly ushort[] counts = new ushort[MostBits + 1];
        private readonly ushort[] symbols;

        internal Huffman(ReadOnlySpan<byte> lengths)
        {
            symbols = new ushort[lengths.Length];
            foreach (var length in lengths)
            {
                counts[length]++;
            }

            Span<ushort> places = stackalloc ushort[MostBits + 1];
            places.Clear();
            for (var length = 1; length < MostBits; length++)
            {
                places[length + 1] = (ushort)(places[length] + counts[length]);
            }

            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] != 0)
                {
                    symbols[places[lengths[symbol]]++] = (ushort)symbol;
                }
            }

            counts[0] = 0;
        }

        internal static Huffman FixedLiterals { get; } = new(
            [.. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24),
            .. Enumerable.Repeat((byte)8, 8)]);

        internal static Huffman FixedDistances { get; } = new([.. Enumerable.Repeat((byte)5, Distances)]);

        /// <summary>The next symbol; -1 when no code begins so.</summary>
        internal int Take(ref BitSource bits)
        {
            int code = 0, first = 0, index = 0;
            for (var length = 1; length <= MostBits; length++)
            {
                code |= bits.Take(1);
                int count = counts[length];
                if (code - count < first)
                {
                    return index + code - first < symbols.Length ? symbols[index + code - first] : -1;
                }

                index += count;
                first = (first + count) << 1;
                code <<= 1;
            }

            return -1;
        }
    }

    /// <summary>Bits, the least significant of a byte first. Past the end come zeros, and <see cref="IsOver"/>.</summary>
    private ref struct BitSource(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;
        private int position;
        private uint held;
        private int count;

        internal bool IsOver { get; private set; }

        internal int Take(int wanted)
        {
            while (count < wanted)
            {
                IsOver |= position >= bytes.Length;
                held |= (uint)(position < bytes.Length ? bytes[position++] : 0) << count;
                count += 8;
            }

            var value = (int)(held & ((1u << wanted) - 1));
            held >>= wanted;
            count -= wanted;
            return value;
        }

        /// <summary>A stored block (3.2.4): begins at a whole byte, with its length and the same inverted.</summary>
        internal ReadOnlySpan<byte> TakeStored()
        {
            _ = Take(count % 8);
            var length = Take(16);
            var inverted = Take(16);
            position -= count / 8;
            (held, count) = (0, 0);
            if (inverted != (~length & 0xffff) || length > bytes.Length - position)
            {
                IsOver = true;
                return [];
            }

            position += length;
            return bytes.Slice(position - length, length);
        }
    }
}
