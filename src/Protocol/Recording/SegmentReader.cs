using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Opens one segment, a frame of a recording as it travels, knowing the seal of the one before: out of order, and with
/// no more than one frame in memory, whatever the bytes. Made once and used again; not safe for concurrent use.
/// </summary>
public sealed class SegmentReader : IDisposable
{
    /// <summary>What stands before the first segment in place of a seal.</summary>
    public const string FirstSeal = SealChain.First;

    // No recording comes near; what is added to it stays a number.
    private const long LastSequence = 1L << 62;

    private readonly FrameSource frames = new(Stream.Null, new RecordingLimits());
    private readonly SealChain chain = new();
    private ReadOnlyMemory<byte> lines;
    private ReadOnlyMemory<byte> rest;

    /// <summary>Bytes that a segment has at most, packed: lines that do not compress, and the headers of their blocks.</summary>
    public static int MaximumPackedBytes { get; } = ZstdSharp.Compressor.GetCompressBound(RecordingLimits.FrameBytes);

    /// <summary>Opens a segment and checks its seal and the numbers of its events.</summary>
    /// <param name="packed">Begins with the whole segment.</param>
    /// <param name="count">Bytes of it, and no more.</param>
    /// <param name="previousSeal">Of the segment before; <see cref="FirstSeal"/> for the first.</param>
    /// <param name="mistake">Why it is not one; null when it is.</param>
    /// <returns>Null, with the mistake.</returns>
    public SegmentFacts? TryOpen(byte[] packed, int count, string previousSeal, out string? mistake)
    {
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentNullException.ThrowIfNull(previousSeal);
        lines = rest = default;
        using var stream = new MemoryStream(packed, 0, count, writable: false);
        frames.Reset(stream);
        mistake = frames.Next() switch
        {
            FrameState.Whole => null,
            FrameState.Cut => "the segment stops in the middle of a zstd frame",
            FrameState.TooLarge => "the segment unpacks to more than 1 MiB, or asks for a larger window",
            FrameState.End => "the segment is empty",
            _ => "the segment is not a zstd frame",
        };
        if (mistake is not null || !SealedFrame.TryRead(frames.Bytes.Span, out var frame, out mistake))
        {
            return null;
        }

        var bytes = frames.Bytes;
        if (!chain.TryResume(previousSeal) || !chain.TryAppend(bytes.Span[..frame.LineBytes], frame.Seal))
        {
            mistake = "the seal does not fit the segment and the seal before it";
            return null;
        }

        if (!TryNumber(bytes.Span[..frame.LineBytes], out var first, out var events))
        {
            mistake = "the events of the segment are not numbered one after the other";
            return null;
        }

        var textBytes = bytes.Length;
        if (frames.Next() != FrameState.End)
        {
            mistake = "bytes follow the frame";
            return null;
        }

        lines = rest = bytes[..frame.LineBytes];
        return new SegmentFacts(frame.Seal, first, events, textBytes);
    }

    /// <summary>Takes the next event of the segment that was opened.</summary>
    /// <param name="recorded">The event.</param>
    /// <param name="malformed">Lines that were passed over since the last call because they do not fit their type.</param>
    /// <returns>False after the last.</returns>
    public bool TryRead([NotNullWhen(true)] out RecordedEvent? recorded, out int malformed)
    {
        malformed = 0;
        while (rest.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = rest.Span[..end];
            rest = rest[(end + 1)..];
            if (!RecordedLineHeader.TryRead(line, out var header))
            {
                malformed++;
            }
            else if (header.Version == 1)
            {
                if (RecordedEventCodec.TryRead(line, header.Type, out recorded, out var known))
                {
                    return true;
                }

                malformed += known ? 1 : 0;
            }
        }

        recorded = null;
        return false;
    }

    /// <summary>Reads the events of the segment again from the first.</summary>
    public void Rewind() => rest = lines;

    /// <summary>Lets go of the decompressor.</summary>
    public void Dispose() => frames.Dispose();

    private static bool TryNumber(ReadOnlySpan<byte> text, out long first, out long events)
    {
        first = events = 0;
        while (text.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (!RecordedLineHeader.TryRead(text[..end], out var header) || header.Seal is not null || header.Sequence is < 1 or > LastSequence)
            {
                return false;
            }

            first = events == 0 ? header.Sequence : first;
            if (header.Sequence != first + events)
            {
                return false;
            }

            events++;
            text = text[(end + 1)..];
        }

        return events > 0;
    }
}
