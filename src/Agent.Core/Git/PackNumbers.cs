namespace Sallyport.Agent.Core.Git;

/// <summary>The two ways in which git writes numbers of any size (gitformat-pack(5)). Never throws.</summary>
internal static class PackNumbers
{
    private const int MostBits = 56;

    /// <summary>"Offset encoding": most significant first, and one added for each byte that follows.</summary>
    public static bool TryOffset(ref ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && value < 1L << MostBits; i++)
        {
            value = (i == 0 ? 0 : value + 1) << 7 | (uint)(bytes[i] & 0x7f);
            if ((bytes[i] & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>"Size encoding": least significant first.</summary>
    public static bool TrySize(ref ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        for (int i = 0, shift = 0; i < bytes.Length && shift < MostBits; i++, shift += 7)
        {
            value |= (long)(bytes[i] & 0x7f) << shift;
            if ((bytes[i] & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
