namespace Sallyport.Agent.Core.Git;

/// <summary>An object as the difference from another (gitformat-pack(5), "Deltified representation"). Never throws.</summary>
public static class PackDelta
{
    /// <summary>Gives the object that the delta makes of its base; null when it does not fit it, or is too large.</summary>
    public static byte[]? TryApply(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta, int most)
    {
        if (!PackNumbers.TrySize(ref delta, out var before) || before != source.Length
            || !PackNumbers.TrySize(ref delta, out var after) || after > most)
        {
            return null;
        }

        var result = new byte[after];
        var filled = 0;
        while (!delta.IsEmpty)
        {
            var order = delta[0];
            delta = delta[1..];
            if (!(order >= 0x80
                ? TryCopy(order, ref delta, source, result, ref filled)
                : TryInsert(order, ref delta, result, ref filled)))
            {
                return null;
            }
        }

        return filled == result.Length ? result : null;
    }

    private static bool TryInsert(int length, ref ReadOnlySpan<byte> delta, Span<byte> result, ref int filled)
    {
        if (length == 0 || length > delta.Length || length > result.Length - filled)
        {
            return false;
        }

        delta[..length].CopyTo(result[filled..]);
        delta = delta[length..];
        filled += length;
        return true;
    }

    /// <summary>Bits 0 to 3 of the order say which bytes of the offset follow, bits 4 to 6 which of the length.</summary>
    private static bool TryCopy(
        int order, ref ReadOnlySpan<byte> delta, ReadOnlySpan<byte> source, Span<byte> result, ref int filled)
    {
        long offset = 0;
        long length = 0;
        for (var i = 0; i < 7; i++)
        {
            if ((order & (1 << i)) == 0)
            {
                continue;
            }

            if (delta.IsEmpty)
            {
                return false;
            }

            var value = (long)delta[0];
            delta = delta[1..];
            offset |= i < 4 ? value << (8 * i) : 0;
            length |= i < 4 ? 0 : value << (8 * (i - 4));
        }

        length = length == 0 ? 0x10000 : length;
        if (offset + length > source.Length || length > result.Length - filled)
        {
            return false;
        }

        source.Slice((int)offset, (int)length).CopyTo(result[filled..]);
        filled += (int)length;
        return true;
    }
}
