using System.Buffers;

namespace Sallyport.Protocol.Recording;

/// <summary>Bytes of the frame being written: one fixed block, bounded by the frame, cleared at each seal.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // A JSON writer asks for room before it knows how much it needs; the slack is never part of a frame.
    private byte[] bytes = new byte[RecordingLimits.FrameBytes + RecordingLimits.LineBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>Forgets everything after a place: a line that turned out too long.</summary>
    public void CutTo(int length)
    {
        Length = length;
        if (bytes.Length > RecordingLimits.FrameBytes * 4)
        {
            bytes = [.. Written, .. new byte[RecordingLimits.FrameBytes + RecordingLimits.LineBytes]];
        }
    }

    public void Replace(int index, byte value) => bytes[index] = value;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(Length);
    }

    private void Reserve(int count)
    {
        count = Math.Max(count, 256);
        if (bytes.Length - Length < count)
        {
            Array.Resize(ref bytes, Length + count + RecordingLimits.LineBytes);
        }
    }
}
