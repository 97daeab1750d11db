using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Git;

/// <summary>Where the objects of a pack are: pack-*.idx of version 2 (gitformat-pack(5)). Never throws.</summary>
public static class PackIndex
{
    private const int Header = 8;
    private const int Fanout = 256 * 4;
    private const uint Far = 0x8000_0000;

    /// <summary>Looks an object up.</summary>
    /// <param name="index">The whole file.</param>
    /// <param name="hash">Of the repository.</param>
    /// <param name="id">Of the object.</param>
    /// <param name="offset">Of the object in the pack.</param>
    public static bool TryFind(ReadOnlySpan<byte> index, GitHash hash, GitObjectId id, out long offset)
    {
        offset = 0;
        var width = GitObjectId.BytesOf(hash);
        if (index.Length < Header + Fanout || BinaryPrimitives.ReadUInt32BigEndian(index) != 0xff744f63
            || BinaryPrimitives.ReadUInt32BigEndian(index[4..]) != 2 || id.Length != width)
        {
            return false;
        }

        Span<byte> wanted = stackalloc byte[GitObjectId.MostBytes];
        wanted = wanted[..id.Write(wanted)];
        long count = BinaryPrimitives.ReadUInt32BigEndian(index[(Header + 255 * 4)..]);
        var low = wanted[0] == 0 ? 0 : (long)BinaryPrimitives.ReadUInt32BigEndian(index[(Header + (wanted[0] - 1) * 4)..]);
        long high = BinaryPrimitives.ReadUInt32BigEndian(index[(Header + wanted[0] * 4)..]);
        var ids = Header + Fanout;
        var offsets = ids + count * (width + 4); // a checksum of four bytes stands between
        if (low > high || high > count || offsets + count * 4 > index.Length)
        {
            return false;
        }

        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var order = index.Slice((int)(ids + middle * width), width).SequenceCompareTo(wanted);
            if (order == 0)
            {
                return TryOffset(index, offsets, count, middle, out offset);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return false;
    }

    /// <summary>Offsets of 31 bits; past them the number of an entry in the table behind.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> index, long offsets, long count, long entry, out long offset)
    {
        var near = BinaryPrimitives.ReadUInt32BigEndian(index[(int)(offsets + entry * 4)..]);
        offset = near;
        if ((near & Far) == 0)
        {
            return true;
        }

        var place = offsets + count * 4 + (near & ~Far) * 8L;
        if (place + 8 > index.Length)
        {
            return false;
        }

        offset = BinaryPrimitives.ReadInt64BigEndian(index[(int)place..]);
        return offset >= 0;
    }
}
