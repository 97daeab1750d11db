using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Dns;

/// <summary>
/// Messages out of a TCP stream (RFC 1035 section 4.2.2: two bytes of length, then the message), however it is cut.
/// Holds at most one message of 65535 bytes and its length, and gives the memory back when a large one was taken.
/// </summary>
public sealed class DnsFrames
{
    /// <summary>Bytes of a length.</summary>
    public const int LengthBytes = 2;

    /// <summary>Bytes of the longest message.</summary>
    public const int MaxMessageBytes = ushort.MaxValue;

    private const int UsualBytes = 2048;

    private byte[] buffer = new byte[UsualBytes];
    private int start;
    private int end;

    /// <summary>Where the next bytes of the stream go; never empty unless a whole message waits to be taken.</summary>
    public Span<byte> Free()
    {
        if (start == end)
        {
            start = end = 0;
            if (buffer.Length > UsualBytes)
            {
                buffer = new byte[UsualBytes];
            }
        }

        var wanted = end - start >= LengthBytes ? LengthBytes + Length : LengthBytes;
        if (start > 0 && start + wanted > buffer.Length)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (wanted > buffer.Length)
        {
            Array.Resize(ref buffer, wanted);
        }

        return buffer.AsSpan(end);
    }

    /// <summary>So many bytes were written to <see cref="Free"/>.</summary>
    /// <param name="count">At most its length.</param>
    public void Added(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(buffer.Length - end));
        end += count;
    }

    /// <summary>The next whole message without its length. Valid until <see cref="Free"/> is called.</summary>
    /// <param name="message">Set when the result is true.</param>
    public bool TryTake(out ReadOnlySpan<byte> message)
    {
        message = default;
        if (end - start < LengthBytes || end - start - LengthBytes < Length)
        {
            return false;
        }

        message = buffer.AsSpan(start + LengthBytes, Length);
        start += LengthBytes + message.Length;
        return true;
    }

    private int Length => BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(start));
}
