using System.Buffers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Takes zstd frames off a stream, one at a time, into one fixed block: a frame that unpacks to more than the bound is
/// given up when the block is full, so a decompression bomb costs no more than a frame.
/// </summary>
internal sealed class FrameSource : IDisposable
{
    // A frame's window is never larger than the frame: 2^20 bytes.
    private const int WindowLog = 20;

    private readonly Stream stream;
    private readonly RecordingLimits limits;
    private readonly Decompressor decompressor = new();
    private readonly byte[] input = new byte[64 << 10];
    private readonly byte[] output = new byte[RecordingLimits.FrameBytes];
    private int inputStart;
    private int inputEnd;
    private int length;
    private long consumed;
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

    public FrameState Next()
    {
        length = 0;
        Offset = consumed;
        if (!Fill())
        {
            return FrameState.End;
        }

        Number++;
        var frameStart = consumed;
        while (true)
        {
            OperationStatus status;
            int read;
            int written;
            try
            {
                status = decompressor.UnwrapStream(
                    input.AsSpan(inputStart, inputEnd - inputStart), output.AsSpan(length), out read, out written);
            }
            catch (ZstdException)
            {
                return FrameState.Damaged;
            }

            inputStart += read;
            consumed += read;
            length += written;
            textBytes += written;
            if (status == OperationStatus.InvalidData)
            {
                return FrameState.Damaged;
            }

            // A skippable or an empty frame carries nothing, and none is ever written.
            if (status == OperationStatus.Done && consumed > frameStart)
            {
                return length == 0 ? FrameState.Damaged : FrameState.Whole;
            }

            if (textBytes > limits.MaximumTextBytes || (length == output.Length && read == 0))
            {
                return FrameState.TooLarge;
            }

            if (inputStart == inputEnd && !Fill())
            {
                return FrameState.Cut;
            }
        }
    }

    public void Dispose() => decompressor.Dispose();

    private bool Fill()
    {
        if (inputStart == inputEnd)
        {
            inputStart = 0;
            inputEnd = stream.Read(input);
        }

        return inputStart < inputEnd;
    }
}
