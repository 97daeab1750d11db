using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Takes zstd frames off a stream, one at a time. The end of a frame is found by its block headers (RFC 8878 section
/// 3.1.1), so memory is bounded before anything is unpacked, and by one fixed block after: a decompression bomb costs
/// no more than a frame.
/// </summary>
internal sealed class FrameSource : IDisposable
{
    private const uint Magic = 0xfd2fb528;
    private const int BlockHeaderBytes = 3;

    // A frame's window is never larger than the frame: 2^20 bytes.
    private const int WindowLog = 20;

    private Stream stream;
    private readonly RecordingLimits limits;
    private readonly Decompressor decompressor = new();
    private readonly byte[] output = new byte[RecordingLimits.FrameBytes];

    // Lines that do not compress at all are stored with a header per block: a little more than the frame itself.
    private readonly byte[] input = new byte[Compressor.GetCompressBound(RecordingLimits.FrameBytes)];
    private int available;
    private int frameLength;
    private int length;
    private long textBytes;

    public FrameSource(Stream stream, RecordingLimits limits)
    {
        this.stream = stream;
        this.limits = limits;
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLog);
    }

    /// <summary>Number of the frame that was taken last, from 1; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>Where that frame begins in the file; where the file ends, after the last.</summary>
    public long Offset { get; private set; }

    /// <summary>The frame; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Bytes => output.AsMemory(0, length);

    /// <summary>The frame as it stands on the stream, when it is whole; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Packed => input.AsMemory(0, frameLength);

    /// <summary>Begins anew on another stream.</summary>
    public void Reset(Stream next)
    {
        stream = next;
        (available, frameLength, length, textBytes) = (0, 0, 0, 0);
        (Number, Offset) = (0, 0);
    }

    public FrameState Next()
    {
        Offset += frameLength;
        available -= frameLength;
        input.AsSpan(frameLength, available).CopyTo(input);
        frameLength = 0;
        length = 0;
        if (!Fill(1))
        {
            return FrameState.End;
        }

        var found = FindEnd();
        Number++;
        if (found is FrameState.Whole or FrameState.Cut)
        {
            var packed = input.AsSpan(0, found == FrameState.Whole ? frameLength : available);
            found = Unpack(packed, found);
        }

        return found;
    }

    public void Dispose() => decompressor.Dispose();

    private FrameState Unpack(ReadOnlySpan<byte> packed, FrameState found)
    {
        OperationStatus status;
        try
        {
            decompressor.ResetStream();
            status = decompressor.UnwrapStream(packed, output, out _, out length);
        }
        catch (ZstdException)
        {
            return FrameState.Damaged;
        }

        textBytes += length;
        if (status == OperationStatus.DestinationTooSmall || textBytes > limits.MaximumTextBytes)
        {
            return FrameState.TooLarge;
        }

        return status == OperationStatus.Done || found == FrameState.Cut ? found : FrameState.Damaged;
    }

    // 28 b5 2f fd, descriptor, window, dictionary id, content size; then blocks of 3 bytes header each; then checksum.
    private FrameState FindEnd()
    {
        if (!Fill(5))
        {
            return FrameState.Cut;
        }

        var descriptor = input[4];
        if (BinaryPrimitives.ReadUInt32LittleEndian(input) != Magic || (descriptor & 3) != 0)
        {
            return FrameState.Damaged;
        }

        var singleSegment = (descriptor & 0x20) != 0;
        var contentSizeBytes = (descriptor >> 6) switch { 0 => singleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var end = 5 + (singleSegment ? 0 : 1) + contentSizeBytes;
        for (var last = false; !last;)
        {
            if (end + BlockHeaderBytes > input.Length)
            {
                return FrameState.TooLarge;
            }

            if (!Fill(end + BlockHeaderBytes))
            {
                return FrameState.Cut;
            }

            var block = input[end] | (input[end + 1] << 8) | (input[end + 2] << 16);
            var isRunLength = ((block >> 1) & 3) == 1;
            last = (block & 1) != 0;
            end += BlockHeaderBytes + (isRunLength ? 1 : block >> 3);
        }

        end += (descriptor & 4) != 0 ? 4 : 0;
        if (end > input.Length)
        {
            return FrameState.TooLarge;
        }

        frameLength = end;
        if (Fill(end))
        {
            return FrameState.Whole;
        }

        frameLength = 0;
        return FrameState.Cut;
    }

    private bool Fill(int count)
    {
        while (available < count)
        {
            var read = stream.Read(input.AsSpan(available));
            if (read == 0)
            {
                return false;
            }

            available += read;
        }

        return true;
    }
}
