using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Records set aside in two generations, oldest first. Bounded by twice the capacity in bytes; its owner releases the
/// older generation when <see cref="TryHold"/> says that there is no room.
/// </summary>
internal sealed class HeldRecords(int capacityBytes)
{
    private const int LengthBytes = sizeof(int);

    private byte[] older = new byte[capacityBytes];
    private byte[] newer = new byte[capacityBytes];
    private int olderRead;
    private int olderEnd;
    private int newerEnd;

    public bool IsEmpty => olderRead == olderEnd && newerEnd == 0;

    /// <summary>Copies a record; false when the newer generation has no room for it.</summary>
    public bool TryHold(ReadOnlySpan<byte> record)
    {
        if (record.Length > newer.Length - newerEnd - LengthBytes)
        {
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(newer.AsSpan(newerEnd), record.Length);
        record.CopyTo(newer.AsSpan(newerEnd + LengthBytes));
        newerEnd += LengthBytes + record.Length;
        return true;
    }

    /// <summary>
    /// Takes the next record of the older generation; valid until the next call of <see cref="Age"/>.
    /// </summary>
    public bool TryRelease(out ReadOnlySpan<byte> record)
    {
        if (olderRead == olderEnd)
        {
            record = default;
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(older.AsSpan(olderRead));
        record = older.AsSpan(olderRead + LengthBytes, length);
        olderRead += LengthBytes + length;
        return true;
    }

    /// <summary>Makes the newer generation the older one, which must have been released.</summary>
    public void Age()
    {
        (older, newer) = (newer, older);
        (olderRead, olderEnd, newerEnd) = (0, newerEnd, 0);
    }
}
